using System.Text.Json;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Recording;

/// <summary>The files of a record of routing.</summary>
public sealed class RoutingFileTests : IDisposable
{
    private static readonly RunSpec s_spec = Specifications.Small("data.train=5", "model.experts=3", "training.minibatch=3");

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void What_was_written_is_read()
    {
        var (header, steps, sha256) = Read(Write());
        header.ShouldBe(new RoutingFileHeader(3, 5, 2, SpecHash.Of(s_spec)));
        steps.Select(step => step.Step).ShouldBe([0, 7]);
        steps[0].Samples.ShouldBe([0, 1, 4]);
        steps[0].Experts.ShouldBe(new ushort[] { 2, 0, 1 });
        steps[0].Gates.ShouldBe([0.5f, -1, 3]);
        steps[1].Samples.ShouldBe([0, 1, 2, 3, 4]);
        steps[1].Experts.ShouldBe(new ushort[] { 0, 1, 2, 1, 0 });

        using var index = JsonDocument.Parse(File.ReadAllText(_workspace.At("record", "routing.json")));
        index.RootElement.GetProperty("sha256").GetString().ShouldBe(sha256);
        index.RootElement.GetProperty("specHash").GetString().ShouldBe(SpecHash.Of(s_spec));
        index.RootElement.GetProperty("offsets").EnumerateArray().Select(offset => offset.GetInt32()).ShouldBe([80, 126]);
        Directory.GetFiles(_workspace.At("record")).Length.ShouldBe(2);
        RoutingRecording.Read(_workspace.At("record")).RunId.ShouldBe("run");
    }

    [Fact]
    public void A_record_that_is_not_completed_leaves_no_file()
    {
        using (var writer = new RoutingFileWriter(_workspace.At("record"), s_spec)) writer.Add(First);
        Directory.GetFiles(_workspace.At("record")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 'X', "no record of routing: must begin with MOEROUTE")]
    [InlineData(8, 2, "is of format 2; this version reads format 1")]
    [InlineData(72, 9, "damaged: step 0 has 9 samples of 5")]
    [InlineData(84, 0, "damaged: step 0 lists sample 0 out of order")]
    [InlineData(104, 3, "damaged: step 0 has expert 3 of 3")]
    [InlineData(24, 3, "truncated: ends within a step")]
    [InlineData(24, 1, "too long: 46 bytes follow the last of its 1 steps")]
    public void A_damaged_file_is_refused(int at, int value, string why)
    {
        var path = Write();
        var bytes = File.ReadAllBytes(path);
        bytes[at] = (byte)value;
        File.WriteAllBytes(path, bytes);
        Should.Throw<UnreadableFileException>(() => Read(path)).Message.ShouldBe($"{path}: {why}");
    }

    [Fact]
    public void Samples_wander_from_their_last_expert()
    {
        var moves = new RoutingMoves(experts: 3, train: 5);
        moves.Add(First);
        moves.Add(Second);
        moves.Steps.Select(step => (step.Step, step.Samples, step.Compared, step.Changed)).ShouldBe([(0, 3, 0, 0), (7, 5, 3, 3)]);
        moves.Steps[0].ChangedShare.ShouldBeNull();
        moves.Steps[1].ExpertSamples.ShouldBe([2, 2, 1]);
        moves.Matrix().ShouldBe([[0, 1, 0], [1, 1, 0], [1, 0, 1]]);
        moves.Matrices([0, 0, 1, 1, 1], 2)[1].ShouldBe([[0, 0, 0], [1, 1, 0], [0, 0, 1]]);
    }

    // As a minibatch comes: not in the order of the samples.
    private static RecordedStep First => RecordedStep.Sort(0, [4, 0, 1], [1, 2, 0], [3, 0.5f, -1]);

    private static RecordedStep Second => new(7, [0, 1, 2, 3, 4], [0, 1, 2, 1, 0], [1, 2, 3, 4, 5]);

    private string Write()
    {
        using var writer = new RoutingFileWriter(_workspace.At("record"), s_spec);
        writer.Add(First);
        writer.Add(Second);
        writer.Complete("run");
        return _workspace.At("record", "routing.bin");
    }

    private static (RoutingFileHeader? Header, List<RecordedStep> Steps, string Sha256) Read(string path)
    {
        RoutingFileHeader? header = null;
        var steps = new List<RecordedStep>();
        var sha256 = RoutingFile.Read(path, found => header = found, steps.Add);
        return (header, steps, sha256);
    }
}
