using System.Diagnostics;

namespace MoeOrleans.Hosting.Tests.Samples;

public sealed class TrainFromCodeTests
{
    [Fact(Timeout = 90_000)]
    public async Task The_sample_trains_and_prints_accuracy_and_hash_of_the_same_bits_as_the_sequential_trainer()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MoeOrleans.TrainFromCode.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            process.ExitCode.ShouldBe(0, await errors);
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines[..^2].ShouldAllBe(line => line.StartsWith("step ", StringComparison.Ordinal));
            lines[^2].ShouldMatch(@"^test accuracy \d+\.\d\d %$");
            var builder = new Compute.Specification.SpecificationBuilder();
            foreach (var field in (string[])["data.train=2000", "data.test=500", "model.experts=4", "training.steps=100"]) builder.Set(field);
            lines[^1].ShouldBe($"weightsSha256 {Specifications.Sequential(builder.Build())}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
