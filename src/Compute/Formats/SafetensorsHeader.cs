using System.Collections.Immutable;
using System.Text.Json;

namespace MoeOrleans.Compute.Formats;

/// <summary>The JSON header of a safetensors file, every shape and offset checked against the length of the data.</summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataName = "__metadata__";
    private const int MaxMetadata = 1 << 20;
    private const int MaxEntry = 1 << 12;

    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false };

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
        try
        {
            header.Read(json);
        }
        catch (JsonException failure)
        {
            throw new UnreadableFileException($"{path}: no safetensors file: its header is not valid JSON (line {failure.LineNumber + 1}, column {failure.BytePositionInLine + 1})");
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8 and half an escaped character are found only when a text is read.
            throw new UnreadableFileException($"{path}: no safetensors file: its header has a text that is not valid UTF-8");
        }

        return header;
    }

    // One member at a time: a document of the whole header would need thirty times its length.
    private void Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Refused("no safetensors file: its header must be an object");
        var tensors = new List<(string Name, ImmutableArray<int> Shape, long Start, long End)>();
        var names = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw Refused($"no safetensors file: its header names {Quote(name)} twice");
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var length = (int)reader.BytesConsumed - start;
            var isMetadata = name == MetadataName;
            if (length > (isMetadata ? MaxMetadata : MaxEntry)) throw Refused($"{Quote(name)} must have at most {(isMetadata ? MaxMetadata : MaxEntry)} bytes in the header, got {length}");
            using var value = Parse(name, json.Slice(start, length));
            if (isMetadata) Metadata = ReadMetadata(value.RootElement);
            else tensors.Add(ReadTensor(name, value.RootElement));
        }

        // The reader checks that nothing follows the object.
        reader.Read();

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

    private JsonDocument Parse(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, s_options);
        }
        catch (JsonException)
        {
            // The reader has accepted the text, but does not compare names.
            throw Refused($"no safetensors file: its header has a name twice in {Quote(name)}");
        }
    }

    private Dictionary<string, string> ReadMetadata(JsonElement value)
    {
        // Some writers write null if they have none.
        if (value.ValueKind == JsonValueKind.Null) return [];
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(text => text.Value.ValueKind != JsonValueKind.String))
            throw Refused($"{MetadataName} must be an object of texts");
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
        var shortened = name.Length <= 48 ? name : $"{name.AsSpan(0, 45)}...";
        return $"'{string.Concat(shortened.Select(c => char.IsControl(c) ? ' ' : c))}'";
    }
}
