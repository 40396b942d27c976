using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using MoeOrleans.Cli.Export;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Cli.Tests.Export;

/// <summary>PyTorch computes from exported models what moe predict does.</summary>
public sealed class TorchTests
{
    private const string Script = """
        import importlib.util, json, pathlib, sys
        import torch
        torch.set_num_threads(1)
        results = []
        for folder in map(pathlib.Path, sys.argv[1:]):
            loading = importlib.util.spec_from_file_location("model", folder / "model.py")
            model = importlib.util.module_from_spec(loading)
            loading.loader.exec_module(model)
            mixture = model.Mixture()
            x = torch.frombuffer(bytearray((folder / "x.bin").read_bytes()), dtype=torch.float32).reshape(-1, model.SETTINGS["patches"], model.SETTINGS["dim"])
            mixture(x).sum().backward()
            results.append({"logits": mixture(x).tolist(), "classes": mixture.predict(x).tolist(), "probabilities": mixture.probabilities(x).tolist()})
        print(json.dumps(results))
        """;

    [Fact]
    public async Task Every_kind_of_model_predicts_what_moe_predicts()
    {
        if (await Interpreter() is not { } python)
        {
            Assert.Skip("No Python 3 has PyTorch; on Debian: apt-get install python3-torch; MOE_PYTHON names another interpreter");
            return;
        }

        using var workspace = new Workspace();
        var models = ExportedModel.Cases.Select((row, i) => ExportedModel.Of(row.Data, standardized: i % 2 == 0)).ToArray();
        foreach (var (i, expected) in models.Index())
        {
            Directory.CreateDirectory(workspace.At($"{i}"));
            var weights = expected.Model.Saved.Weights;
            using (var stream = File.Create(workspace.At($"{i}", TorchModule.Weights)))
                SafetensorsFile.Write(stream, [.. weights.Tensors(), .. weights.Standardization?.Tensors ?? []], new Dictionary<string, string> { ["version"] = "0" });
            workspace.Write($"{i}/{TorchModule.Module}", TorchModule.Of(expected.Model));
            File.WriteAllBytes(workspace.At($"{i}", "x.bin"), MemoryMarshal.AsBytes(expected.Samples.Inputs.Span).ToArray());
        }

        var (exitCode, output, error) = await Run(python, Script, [.. models.Select((_, i) => workspace.At($"{i}"))]);

        exitCode.ShouldBe(0, error);
        foreach (var (expected, result) in models.Zip(JsonDocument.Parse(output).RootElement.EnumerateArray()))
        {
            var (logits, probabilities) = (Rows(result.GetProperty("logits")), Rows(result.GetProperty("probabilities")));
            expected.ShouldHaveClasses([.. result.GetProperty("classes").EnumerateArray().Select(value => value.GetInt64())], logits);
            foreach (var (row, own) in probabilities.Zip(expected.Probabilities)) row.ShouldBe(own.Select(p => (float)p), 1e-4);
        }

        static float[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetSingle()).ToArray())];
    }

    private static async Task<string?> Interpreter()
    {
        foreach (var python in (string?[])[Environment.GetEnvironmentVariable("MOE_PYTHON"), "python3", "/usr/bin/python3"])
        {
            if (python is not null && (await Run(python, "import torch")).ExitCode == 0) return python;
        }

        return null;
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(string python, string script, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (1, "", $"there is no {python}");
        }
    }
}
