using System.Text;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Tests.Folder;

/// <summary>Whatever the files of a run's folder hold, they are read or refused, in bounded time and memory.</summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly RunRecord Record = new(
        RunRecord.CurrentFormat,
        RunSpecJson.Write(new RunSpec()),
        new Deployment(1, 1, 1, DispatchMode.Reference),
        new RunSummary("id", "hash", 1, 1, 1, 2, null, StopReason.Steps, 0.5, 90, 80, 81, 0.1, [[1, 2]], "sha", 1, 1, 1, DispatchMode.Reference, 1, 2, 0.5, 0, null),
        [new StepRecord(0, 1, 2, 3, 4, 5, 6, 7, 8), new StepRecord(1, double.NaN, 2, 3, 4, 5, 6, 7, 8)],
        [new ProductsRecord(0, [[1]], [[2]], [[3]], [[4]])]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-fuzz-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Records()
    {
        using var stream = new MemoryStream();
        Record.Write(stream);
        Fuzzing.Run<UnreadableFileException>([stream.ToArray()], ReadRecord);
    }

    // The fields of a record may be missing, the rows of a table null.
    [Fact]
    public void A_record_without_a_part_is_refused()
    {
        foreach (var part in (RunRecord[])[
            Record with { Deployment = null! }, Record with { Products = null! }, Record with { Products = [null!] }, Record with { Steps = [null!] }, Record with { Specification = null! },
            Record with { Summary = null! }, Record with { Summary = Record.Summary with { DispatchCounts = [null!] } }, Record with { Summary = Record.Summary with { SpecHash = null! } },
            Record with { Products = [Record.Products[0] with { ExpertFeature = [null!] }] }])
        {
            using var stream = new MemoryStream();
            part.Write(stream);
            Should.Throw<UnreadableFileException>(() => ReadRecord(stream.ToArray())).Message.ShouldEndWith("no run record: a part of it is missing");
        }
    }

    [Fact]
    public void Summaries()
    {
        Fuzzing.Run<UnreadableFileException>([Encoding.UTF8.GetBytes(SummaryJson.Write(Record.Summary, indented: true))], ReadSummary);
        Fuzzing.Check<UnreadableFileException>("""{"weightsSha256": "\ud800"}"""u8.ToArray(), ReadSummary);
        Fuzzing.Check<UnreadableFileException>(Encoding.UTF8.GetBytes(new string('[', 1_000_000)), ReadSummary);
    }

    private void ReadSummary(byte[] input)
    {
        Write(RunFolder.Summary, input);
        SavedTexts.CheckSummary(_folder.FullName, Record);
    }

    private void ReadRecord(byte[] input)
    {
        Write(RunFolder.Record, input);
        var record = SavedRun.ReadRecord(At(RunFolder.Record));
        // What is read can be used: nothing in it is missing.
        using var text = new StringWriter();
        MetricsFile.Write(text, record.Steps);
        SummaryJson.Write(record.Summary, indented: false);
        foreach (var products in record.Products) _ = products.RouterCentre.Length + products.ExpertFeature.Sum(row => row.Length);
        _ = record.Deployment.Silos + record.Specification.Length + record.Summary.DispatchCounts.Sum(row => row.Length) + record.Summary.RunId.Length;
    }

    private string At(string file) => Path.Combine(_folder.FullName, file);

    private void Write(string file, byte[] content) => File.WriteAllBytes(At(file), content);
}
