using System.Buffers.Binary;
using System.Text.Json;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Recording;

/// <summary>
/// Writes a record of routing into a folder, step by step. The files have their names only when they are complete: routing.json comes last.
/// </summary>
internal sealed class RoutingFileWriter : IDisposable
{
    private readonly string _folder;
    private readonly RunSpec _spec;
    private readonly FileStream _stream;
    private readonly List<(long Step, int Samples, long Offset)> _steps = [];

    /// <summary>Begins a record.</summary>
    /// <param name="folder">The folder; made if it is absent.</param>
    /// <param name="spec">The specification of the run.</param>
    public RoutingFileWriter(string folder, RunSpec spec)
    {
        (_folder, _spec) = (folder, spec);
        Directory.CreateDirectory(folder);
        _stream = File.Create(Path.Combine(folder, $".{RoutingFileHeader.FileName}.{Path.GetRandomFileName()}"));
        Header.Write(_stream);
    }

    /// <summary>Number of steps written.</summary>
    public int Steps => _steps.Count;

    private RoutingFileHeader Header => new(_spec.Model.Experts, _spec.Data.Train, _steps.Count, SpecHash.Of(_spec));

    /// <summary>Adds a step; steps ascend.</summary>
    public void Add(RecordedStep step)
    {
        Span<byte> start = stackalloc byte[RoutingFileHeader.StepLength];
        start.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(start, step.Step);
        BinaryPrimitives.WriteInt32LittleEndian(start[8..], step.Samples.Length);
        _stream.Write(start);
        _steps.Add((step.Step, step.Samples.Length, _stream.Position));
        if (step.Samples.Length < _spec.Data.Train) ElementStream.Write<int>(_stream, step.Samples);
        ElementStream.Write<float>(_stream, step.Gates);
        ElementStream.Write<ushort>(_stream, step.Experts);
    }

    /// <summary>Completes the files.</summary>
    /// <param name="runId">The run.</param>
    public void Complete(string runId)
    {
        _stream.Position = 0;
        Header.Write(_stream);
        _stream.Dispose();
        var (index, target) = ($"{_stream.Name}.json", RoutingFile.PathIn(_folder));
        WriteIndex(index, runId, RoutingFile.Sha256(_stream.Name));
        File.Move(_stream.Name, target, overwrite: true);
        File.Move(index, Path.Combine(_folder, RoutingFileHeader.IndexName), overwrite: true);
    }

    /// <summary>Deletes a record that was not completed.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_stream.Name);
    }

    private void WriteIndex(string path, string runId, string sha256)
    {
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("format", RoutingFileHeader.Format);
        json.WriteString("runId", runId);
        json.WriteString("specHash", Header.SpecHash);
        json.WriteString("sha256", sha256);
        json.WriteNumber("experts", _spec.Model.Experts);
        json.WriteNumber("trainSamples", _spec.Data.Train);
        Write("steps", step => step.Step);
        Write("samples", step => step.Samples);
        Write("offsets", step => step.Offset);
        json.WritePropertyName("specification");
        json.WriteRawValue(RunSpecJson.Write(_spec));
        json.WriteEndObject();

        void Write(string name, Func<(long Step, int Samples, long Offset), long> number)
        {
            json.WritePropertyName(name);
            json.WriteRawValue($"[{string.Join(',', _steps.Select(number))}]");
        }
    }
}
