using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Replay;

namespace MoeOrleans.Compute.Tests.Replay;

/// <summary>A folder with one thing wrong fails with the line that says so.</summary>
public sealed class PerturbedReplayTests : IDisposable
{
    private const int Samples = 23, Patches = 3, Dim = 5, Experts = 3, Filters = 2, Steps = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-replay-");

    public PerturbedReplayTests() => CopyOf("odd-sizes");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Nothing_wrong_passes()
    {
        Failures().ShouldBeEmpty();
        File.Delete(PathOf("cluster.npy"));
        Failures().ShouldBeEmpty();
        EditText("expected.json", text => text[..text.IndexOf(", \"dispatch\"", StringComparison.Ordinal)] + "}");
        Failures().ShouldBeEmpty();
    }

    [Fact]
    public void Another_loss_is_found()
    {
        Edit<double>("loss.npy", values => values[7] += 3e-10);
        Single().ShouldMatch("^loss: step 7: [0-9.]+, expected [0-9.]+, difference 3.0e-10, limit 1e-10$");
        ReplayComparison.Run<double>(_folder.FullName).Loss.Step.ShouldBe(7);
        ReplayComparison.Run<float>(_folder.FullName).Passed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("router.npy", (4 * Experts * Dim) + 7, "router.weight", 4)]
    [InlineData("w.npy", (((11 * Experts) + 2) * Filters * Dim) + 3, "experts.2.weight", 11)]
    [InlineData("b.npy", (((0 * Experts) + 1) * Filters) + 1, "experts.1.bias", 0)]
    public void Another_weight_is_found(string file, int element, string tensor, int step)
    {
        Edit<double>(file, values => values[element] += 1e-9);
        Single().ShouldMatch($"^{tensor}: update of step {step}: error of the change [0-9.]+e-[0-9]+, limit 1e-10$");
        var report = ReplayComparison.Run<double>(_folder.FullName);
        (report.Change.Tensor, report.Change.Step, report.Passed).ShouldBe((tensor, step, false));
    }

    [Fact]
    public void Several_errors_of_a_tensor_are_one_line_with_the_largest()
    {
        Edit<double>("router.npy", values => (values[2 * Experts * Dim], values[9 * Experts * Dim]) = (values[2 * Experts * Dim] + 1e-7, 1));
        Single().ShouldMatch("^router.weight: update of step 2: error of the change [0-9.]+e-[0-9]+ \\(largest [0-9.]+e-?[0-9]+ at step 9\\), limit 1e-10$");
    }

    [Fact]
    public void A_tensor_that_must_not_move_is_found()
    {
        var start = NpyFile.Read<float>(PathOf("b0.npy")).Values;
        Edit<double>("b.npy", values =>
        {
            for (var i = 0; i < Filters; i++) values[(6 * Experts * Filters) + i] = start[i];
        });
        Single().ShouldBe("experts.0.bias: update of step 6: moved, expected not to");
    }

    [Fact]
    public void Another_noise_is_found()
    {
        // The same for all experts, so that the gates change and the choice does not.
        Edit<float>("noise.npy", values =>
        {
            foreach (ref var noise in values.AsSpan(5 * Samples * Experts, Samples * Experts)) noise += 0.25f;
        });
        var failures = Failures();
        failures.ShouldContain(line => line.StartsWith("loss: step 5: ", StringComparison.Ordinal));
        failures.ShouldContain(line => line.StartsWith("router.weight: update of step 5: ", StringComparison.Ordinal));
        ReplayComparison.Run<float>(_folder.FullName).Passed.ShouldBeFalse();
    }

    [Fact]
    public void Another_dispatch_is_found()
    {
        EditText("expected.json", text => text.Replace("[[2, 1, 1, 1,", "[[2, 0, 1, 1,", StringComparison.Ordinal));
        Single().ShouldBe("dispatch: step 0: sample 1 went to expert 1, expected 0; 1 differ in all steps");
    }

    [Theory]
    [InlineData("\"floor\": 0.6", "\"floor\": 0", "stop: all 20 steps, expected floor at step 13")]
    [InlineData("\"floor\": 0.6,\n      \"rise\": 1", "\"floor\": 0, \"rise\": 0", "stop: rise at step 13, expected floor at step 13")]
    public void Another_stop_is_found(string was, string becomes, string expected)
    {
        CopyOf("stop-floor");
        EditText("spec.json", text => text.Replace(was, becomes, StringComparison.Ordinal));
        Failures()[0].ShouldBe(expected);
    }

    [Fact]
    public void Another_algorithm_is_found_at_once()
    {
        EditText("spec.json", text => text.Replace("\"sum\"", "\"frobenius\"", StringComparison.Ordinal));
        Failures().ShouldContain(line => line.StartsWith("experts.0.weight: update of step 0: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x.npy"), InlineData("y.npy"), InlineData("noise.npy"), InlineData("router0.npy"), InlineData("w0.npy"), InlineData("b0.npy")]
    [InlineData("loss.npy"), InlineData("router.npy"), InlineData("w.npy"), InlineData("b.npy"), InlineData("spec.json"), InlineData("expected.json")]
    public void A_missing_file_is_named(string file)
    {
        File.Delete(PathOf(file));
        Refuse(file, "no such file");
    }

    [Fact]
    public void A_run_in_float_asks_for_the_files_of_a_run_in_float()
    {
        File.Delete(PathOf("w32.npy"));
        Failures().ShouldBeEmpty();
        Should.Throw<ReplayException>(() => ReplayComparison.Run<float>(_folder.FullName)).Message.ShouldBe($"{PathOf("w32.npy")}: no such file");
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Should.Throw<ReplayException>(() => ReplayComparison.Run<double>(PathOf("none"))).Message.ShouldBe($"{PathOf("none")}: no such folder");

    [Fact]
    public void Samples_in_float64_are_refused()
    {
        NpyFile.Write<double>(PathOf("x.npy"), new double[Samples * Patches * Dim], Samples, Patches, Dim);
        Refuse("x.npy", "dtype must be float32 ('<f4'), got float64 ('<f8'); mend it with *");
    }

    [Fact]
    public void Another_shape_is_refused()
    {
        NpyFile.Write<float>(PathOf("w0.npy"), new float[Experts * Filters * Dim], Experts, Filters * Dim);
        Refuse("w0.npy", "shape must be (3, 2, 5), model.experts x filters x data.dim, got (3, 10); mend it with *");
        CopyOf("odd-sizes");
        EditText("spec.json", text => text.Replace("\"noise\": \"fresh\"", "\"noise\": \"fixed\"", StringComparison.Ordinal));
        Refuse("noise.npy", "shape must be (1, 23, 3), 1 x data.train x model.experts, got (20, 23, 3)");
        CopyOf("odd-sizes");
        EditText("expected.json", text => text.Replace("null, \"stopReason\": \"steps\"", "7, \"stopReason\": \"rise\"", StringComparison.Ordinal));
        Refuse("expected.json", "dispatch must be 8 lists, one for each executed step, got 20");
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Edit<float>("x.npy", values => values[9] = float.NaN);
        Refuse("x.npy", "numbers must be finite, got NaN at element 9");
        CopyOf("odd-sizes");
        Edit<int>("y.npy", values => values[4] = -1);
        Refuse("y.npy", "must be from 0 to 1, got -1 for sample 4");
        CopyOf("odd-sizes");
        Edit<int>("cluster.npy", values => values[4] = 2);
        Refuse("cluster.npy", "must be from 0 to 1, got 2 for sample 4");
    }

    [Fact]
    public void There_are_as_many_classes_as_outputs()
    {
        EditText("spec.json", text => text.Replace("\"outputs\": 2", "\"outputs\": 3", StringComparison.Ordinal));
        Edit<int>("y.npy", values => values[4] = 3);
        Refuse("y.npy", "must be from 0 to 2, got 3 for sample 4");
        Edit<int>("y.npy", values => values[4] = 2);
        Refuse("w0.npy", "shape must be (3, 3, 5), model.experts x filters x data.dim, got (3, 2, 5)");
    }

    [Fact]
    public void Another_kind_of_expert_is_refused()
    {
        EditText("spec.json", text => text.Replace("\"cnn\"", "\"mlp\"", StringComparison.Ordinal).Replace("\"filters\": 1,", "", StringComparison.Ordinal).Replace("\"cubic\"", "\"relu\"", StringComparison.Ordinal));
        Refuse("spec.json", "model.expert must be cnn: a replay folder has no files for another expert's tensors, got mlp");
    }

    [Theory]
    [InlineData("spec.json", "\"experts\": 3", "\"experts\": 0", ": model.experts: must be *")]
    [InlineData("spec.json", "\"minibatch\": 0", "\"minibatch\": 8", ": training.minibatch must be 0: a replay takes all samples at each step, got 8")]
    [InlineData("spec.json", "\"bias\": true", "\"bias\": false", null)]
    [InlineData("expected.json", "\"steps\"", "\"end\"", ": stopReason must be floor, rise or steps, got \"end\"")]
    [InlineData("expected.json", "\"steps\"", "\"rise\"", ": stopStep must be from 0 to 19, below training.steps, got 'null'")]
    [InlineData("expected.json", "null", "3", ": stopStep must be null where stopReason is steps, got '3'")]
    [InlineData("expected.json", "\"stopStep\": null, ", "", ": stopStep is missing")]
    [InlineData("expected.json", "[[2, ", "[[3, ", ": dispatch of step 0 must be experts from 0 to 2, got '3'")]
    [InlineData("expected.json", "[[2, ", "[[", ": dispatch of step 0 must be 23 experts, one for each sample, got 22")]
    [InlineData("expected.json", "]]}", "]]", ": line *: not valid JSON")]
    public void Json_that_does_not_fit_is_refused(string file, string was, string becomes, string? expected)
    {
        EditText(file, text => text.Replace(was, becomes, StringComparison.Ordinal));
        var message = Should.Throw<ReplayException>(() => ReplayComparison.Run<double>(_folder.FullName)).Message;
        message.Any(char.IsControl).ShouldBeFalse();
        var parts = (expected is null ? $"{PathOf("b0.npy")}: must be absent where model.bias is false" : PathOf(file) + expected).Split('*');
        message.ShouldStartWith(parts[0]);
        message.ShouldEndWith(parts[^1]);
    }

    private void CopyOf(string name)
    {
        foreach (var file in _folder.EnumerateFiles()) file.Delete();
        foreach (var file in Directory.EnumerateFiles(ReplayFixtures.PathOf(name))) File.Copy(file, PathOf(Path.GetFileName(file)));
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private void Edit<T>(string file, Action<T[]> edit)
        where T : unmanaged
    {
        var array = NpyFile.Read<T>(PathOf(file));
        edit(array.Values);
        NpyFile.Write<T>(PathOf(file), array.Values, array.Shape.AsSpan());
    }

    private void EditText(string file, Func<string, string> edit)
    {
        var was = File.ReadAllText(PathOf(file));
        var becomes = edit(was);
        becomes.ShouldNotBe(was);
        File.WriteAllText(PathOf(file), becomes);
    }

    private ImmutableArray<string> Failures()
    {
        var report = ReplayComparison.Run<double>(_folder.FullName);
        foreach (var line in report.Failures) line.Any(char.IsControl).ShouldBeFalse(line);
        report.Passed.ShouldBe(report.Failures.Length == 0);
        return report.Failures;
    }

    private string Single() => Failures().ShouldHaveSingleItem();

    private void Refuse(string file, string expected)
    {
        var message = Should.Throw<ReplayException>(() => ReplayComparison.Run<double>(_folder.FullName)).Message;
        if (expected.EndsWith('*')) message.ShouldStartWith($"{PathOf(file)}: {expected[..^1]}");
        else message.ShouldBe($"{PathOf(file)}: {expected}");
    }
}
