using System.Collections.Immutable;
using System.Text.Json;

namespace MoeOrleans.Compute.Formats;

/// <summary>The JSON header of a safetensors file, every shape and offset checked against the length of the data.</summary>
internal sealed class SafetensorsHeader
{
    private readonly string _path;
    private readonly long _dataLength;

    private SafetensorsHeader(string path, long dataLength) => (_path, _dataLength) = (path, dataLength);

    /// <summary>Name, shape and start of each tensor, in the order of the data.</summary>
    public IReadOnlyList<(string Name, ImmutableArray<int> Shape, long Start, long End)> Tensors { get; private set; } = [];

    /// <summary>The texts of __metadata__.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Reads a header.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="path">The file's name, with which errors begin.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <exception cref="UnreadableFileException">The header is malformed or does not fit the data.</exception>
    public static SafetensorsHeader Read(ReadOnlyMemory<byte> json, string path, long dataLength)
    {
        var header = new SafetensorsHeader(path, dataLength);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException failure)
        {
            throw new UnreadableFileException($"{path}: no safetensors file: its header is not valid JSON (line {failure.LineNumber + 1}, column {failure.BytePositionInLine + 1}), or names a tensor twice");
        }

        using (document)
        {
            try
            {
                header.Read(document.RootElement);
            }
            catch (InvalidOperationException)
            {
                // Invalid UTF-8 and half an escaped character are found only when a text is read.
                throw new UnreadableFileException($"{path}: no safetensors file: its header has a text that is not valid UTF-8");
            }
        }

        return header;
    }

    private void Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Refused("no safetensors file: its header must be an object");
        var tensors = new List<(string Name, ImmutableArray<int> Shape, long Start, long End)>();
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name == "__metadata__") Metadata = ReadMetadata(member.Value);
            else tensors.Add(ReadTensor(member.Name, member.Value));
        }

        // Tensors follow each other without gap or overlap, so every byte belongs to exactly one.
        tensors.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
        var end = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.Start != end) throw Refused($"the data of {Quote(tensor.Name)} must begin at {end}, where those before it end, got {tensor.Start}");
            end = tensor.End;
        }

        if (end != _dataLength) throw Refused($"must hold {end} bytes of data as its header says, got {_dataLength}");
        Tensors = tensors;
    }

    private Dictionary<string, string> ReadMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(text => text.Value.ValueKind != JsonValueKind.String))
            throw Refused("__metadata__ must be an object of texts");
        return value.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!);
    }

    private (string Name, ImmutableArray<int> Shape, long Start, long End) ReadTensor(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var sizes) || Numbers(sizes) is not { } shape
            || !value.TryGetProperty("data_offsets", out var offsets) || Numbers(offsets) is not [var start, var end])
        {
            throw Refused($"{Quote(name)} must be an object with dtype, shape and two data_offsets");
        }

        if (!type.ValueEquals("F32")) throw Refused($"{Quote(name)}: dtype must be F32, got {Quote(type.GetString()!)}");
        var count = 1L;
        foreach (var size in shape)
        {
            if (size > Array.MaxLength || (count *= size) > Array.MaxLength) throw Refused($"{Quote(name)}: shape must hold at most {Array.MaxLength} elements");
        }

        if (start > end || end > _dataLength) throw Refused($"{Quote(name)}: data_offsets must lie in the {_dataLength} bytes of data, got {start} to {end}");
        if (end - start != sizeof(float) * count) throw Refused($"{Quote(name)}: data_offsets must be {sizeof(float) * count} bytes apart for its shape, got {end - start}");
        return (name, [.. shape.Select(size => (int)size)], start, end);
    }

    private static List<long>? Numbers(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return null;
        var numbers = new List<long>();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var number) || number < 0) return null;
            numbers.Add(number);
        }

        return numbers;
    }

    private UnreadableFileException Refused(string what) => new($"{_path}: {what}");

    /// <summary>The file's text in quotes, on one line, shortened.</summary>
    internal static string Quote(string name)
    {
        var line = string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 48 ? $"'{line}'" : $"'{line[..45]}...'";
    }
}
