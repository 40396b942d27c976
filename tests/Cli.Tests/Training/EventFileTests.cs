using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Training.TensorBoard;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Cli.Tests.Training;

/// <summary>Events for TensorBoard.</summary>
public sealed class EventFileTests
{
    [Fact]
    public void The_checksum_is_that_of_tensorflow()
    {
        // CRC-32C of these digits is 0xE3069283; it is rotated by 15 bits to the right, and the constant is added.
        EventFile.Checksum("123456789"u8).ShouldBe(unchecked(0x2507C60Du + 0xA282EAD8u));
    }

    [Fact]
    public async Task A_run_has_the_columns_of_its_metrics_as_scalars()
    {
        using var workspace = new Workspace();
        (await MoeCommand.Train(workspace, "--output", "run", "--tensorboard", "--eval-every", "5")).ExitCode.ShouldBe(0);

        var rows = File.ReadAllLines(workspace.At("run", "metrics.csv")).Select(line => line.Split(',')).ToArray();
        var events = Read(workspace.At("run", EventFile.Name));
        events[0].FileVersion.ShouldBe("brain.Event:2");
        events.Count.ShouldBe(rows.Length);
        foreach (var (row, step) in rows[1..].Zip(events[1..]))
        {
            step.Step.ShouldBe(long.Parse(row[0], CultureInfo.InvariantCulture));
            step.Summary.Value.Select(value => (value.Tag, value.SimpleValue)).ShouldBe(
                rows[0].Zip(row).Skip(1).Where(cell => cell.Second.Length > 0).Select(cell => (cell.First, float.Parse(cell.Second, CultureInfo.InvariantCulture))));
        }

        // The events would be those of another run.
        (await MoeCommand.Train(workspace, "--output", "run", "--overwrite")).ExitCode.ShouldBe(0);
        File.Exists(workspace.At("run", EventFile.Name)).ShouldBeFalse();
        (await MoeCommand.Train(workspace, "--tensorboard")).Errors.ShouldHaveSingleItem().ShouldBe("--tensorboard: needs --output DIR, the folder that the events are written to");
    }

    [Fact]
    public void Steps_are_appended_as_they_are_done_and_once_if_the_run_restarts()
    {
        using var workspace = new Workspace();
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1000));
        StepRecord[] steps = [.. Enumerable.Range(0, 4).Select(step => new StepRecord(step, 1.0 / (step + 1), 50, 0, 1, 0, 0, 0, 0))];
        using var file = new EventFile(workspace.At(), time);

        file.Update(steps[..2]);
        Read(workspace.At(EventFile.Name)).Select(found => found.WallTime).ShouldBe([1000.0, 1000, 1000]);
        time.Advance(TimeSpan.FromSeconds(1.5));
        file.Update(steps[..1]);
        file.Update(steps[..3]);
        file.Complete(steps);

        var events = Read(workspace.At(EventFile.Name));
        events[1..].Select(found => found.Step).ShouldBe([0L, 1, 2, 3]);
        events[^1].WallTime.ShouldBe(1001.5);
        events[^1].Summary.Value[0].SimpleValue.ShouldBe(0.25f);
    }

    private static List<Event> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        var events = new List<Event>();
        while (stream.Position < stream.Length)
        {
            var length = reader.ReadBytes(8);
            reader.ReadUInt32().ShouldBe(EventFile.Checksum(length));
            var data = reader.ReadBytes((int)BinaryPrimitives.ReadUInt64LittleEndian(length));
            reader.ReadUInt32().ShouldBe(EventFile.Checksum(data));
            events.Add(Event.Parser.ParseFrom(data));
        }

        return events;
    }
}
