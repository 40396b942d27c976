using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Training;
using MoeOrleans.LinearExpert;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cluster.Tests;

/// <summary>The example of docs/extend.md: a kind of expert of another assembly, from the command line and from C#.</summary>
public sealed class LinearExpertTests
{
    private static readonly string s_assembly = Path.Combine(AppContext.BaseDirectory, "MoeOrleans.LinearExpert.dll");
    private static readonly string[] s_linear = ["--experts-from", s_assembly, "--expert", "linear", "--set", "model.linear.inputScale=0.5", "--threads", "1"];

    [Fact(Timeout = Limit.Test)]
    public async Task Three_silo_processes_give_the_bits_of_one_from_the_command_line()
    {
        using var workspace = new Workspace();
        var one = await MoeProcess.Train(workspace, [.. s_linear, "--json", "--output", "one"]);
        one.ExitCode.ShouldBe(0, string.Join('\n', one.Errors));
        var three = await MoeProcess.Train(workspace, [.. s_linear, "--silos", "3", "--json"]);
        three.ExitCode.ShouldBe(0, string.Join('\n', three.Errors));
        foreach (var name in (string[])["weightsSha256", "specHash", "finalLoss", "testAccuracy"])
            three.Json.GetProperty(name).ToString().ShouldBe(one.Json.GetProperty(name).ToString(), name);
        three.Json.GetProperty("silos").GetInt32().ShouldBe(3);

        var evaluated = await MoeProcess.Run(workspace, "eval", "--experts-from", s_assembly, "--weights", "one/weights.safetensors", "--json");
        evaluated.Json.GetProperty("weightsSha256").ToString().ShouldBe(one.Json.GetProperty("weightsSha256").ToString());
        var unknown = await MoeProcess.Run(workspace, "eval", "--weights", "one/weights.safetensors");
        unknown.Errors.ShouldHaveSingleItem().ShouldEndWith("model.expert: unknown 'linear'; one of cnn, mlp; --experts-from FILE brings others");
        unknown.ExitCode.ShouldBe(2);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task Three_silo_processes_give_the_bits_of_plain_code_from_CSharp()
    {
        ExpertKinds.LoadFrom(s_assembly);
        var preset = Presets.For(Recipe.Reference, "1", ModelKind.Mixture, expert: "linear");
        var spec = preset with
        {
            Data = preset.Data with { Train = 2000, Test = 500 },
            Model = preset.Model with { Options = new LinearOptions { InputScale = 0.5 } },
            Training = preset.Training with { Steps = 10, Block = 64 },
        };
        RunSpecJson.Parse(RunSpecJson.Write(spec), "spec.json").ShouldBe(spec);
        var plain = new SequentialTrainer<float>(spec, Datasets.Load(spec.Data)).Run().Weights.Sha256();

        await using var silos = await ChildCluster.Start(3, 1, redis: null, TimeProvider.System, TestContext.Current.CancellationToken, s_assembly);
        await using var client = await TrainingClient.Connect(silos.Address, waiting: null);
        var run = await client.Start(spec, new Deployment(3, 2, 1, DispatchMode.Reference));
        var result = await run.GetResult(TestContext.Current.CancellationToken);
        result.Summary.WeightsSha256.ShouldBe(plain);
        SpecHash.Of(spec with { Model = spec.Model with { Options = new LinearOptions() } }).ShouldNotBe(SpecHash.Of(spec));
        result.Summary.SpecHash.ShouldBe(SpecHash.Of(spec));
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_specification_has_the_options_and_the_hash_of_the_assembly()
    {
        using var workspace = new Workspace();
        var spec = await MoeProcess.Run(workspace, ["spec", .. s_linear[..^2]]);
        spec.ExitCode.ShouldBe(0, string.Join('\n', spec.Errors));
        var model = spec.Json.GetProperty("model");
        model.GetProperty("linear").GetProperty("inputScale").GetDouble().ShouldBe(0.5);
        model.GetProperty("expertSha256").GetString().ShouldBe(ExpertAssembly.Sha256(s_assembly));
        var described = await MoeProcess.Run(workspace, "spec", "--describe", "--experts-from", s_assembly);
        described.Output.ShouldContain("model.linear.inputScale");
        var range = await MoeProcess.Run(workspace, "spec", "--experts-from", s_assembly, "--expert", "linear", "--set", "model.linear.inputScale=-1");
        range.Errors.ShouldBe(["--set model.linear.inputScale: must be 0 to 1,000,000, got -1"]);
        var foreign = await MoeProcess.Run(workspace, "spec", "--experts-from", s_assembly, "--set", "model.linear.inputScale=2");
        foreign.Errors.ShouldBe(["--set model.linear.inputScale: model.linear.inputScale has no meaning where model.expert is cnn; leave it out"]);
        var builtIn = await MoeProcess.Run(workspace, "spec", "--experts-from", s_assembly);
        builtIn.Output.ShouldBe((await MoeProcess.Run(workspace, "spec")).Output);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_silo_without_the_kind_or_with_another_build_is_refused_by_name()
    {
        using var workspace = new Workspace();
        var sha256 = ExpertAssembly.Sha256(s_assembly);
        await using (var without = await ChildCluster.Start(1, 1, redis: null, TimeProvider.System, TestContext.Current.CancellationToken))
        {
            var result = await MoeProcess.Train(workspace, [.. s_linear[..^2], "--connect", Endpoint(without)]);
            result.Errors.ShouldHaveSingleItem()
                .ShouldBe($"--experts-from: silo silo-1 cannot take part: it has no kind of expert 'linear', SHA-256 {sha256}; start it with --experts-from and that assembly");
            result.ExitCode.ShouldBe(2);
        }

        // What is behind the image changes its hash, and nothing that is loaded.
        var other = Path.Combine(workspace.Path, "MoeOrleans.LinearExpert.dll");
        await File.WriteAllBytesAsync(other, [.. await File.ReadAllBytesAsync(s_assembly, TestContext.Current.CancellationToken), 0], TestContext.Current.CancellationToken);
        await using var another = await ChildCluster.Start(1, 1, redis: null, TimeProvider.System, TestContext.Current.CancellationToken, other);
        var refused = await MoeProcess.Train(workspace, [.. s_linear[..^2], "--connect", Endpoint(another)]);
        refused.Errors.ShouldHaveSingleItem().ShouldBe(
            $"--experts-from: silo silo-1 cannot take part: its kind of expert 'linear' has SHA-256 {ExpertAssembly.Sha256(other)}, and the run needs {sha256}; give every silo the same file");
        refused.ExitCode.ShouldBe(2);

        static string Endpoint(ChildCluster silos) => $"{silos.Address.Gateways[0]}/{silos.Address.ClusterId}";
    }

    [Theory(Timeout = Limit.Test)]
    [InlineData("nothing.dll", "there is no file '{0}'")]
    [InlineData("text.dll", "'{0}' is no .NET assembly")]
    [InlineData("MoeOrleans.Runs.dll", "'{0}' has no kind of expert: no class in it implements IExpertKind")]
    [InlineData("Shouldly.dll", "'{0}' has no kind of expert: it does not reference MoeOrleans.Compute")]
    public async Task A_wrong_file_is_told_in_one_line(string name, string expected)
    {
        using var workspace = new Workspace();
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "text.dll"), "no assembly", TestContext.Current.CancellationToken);
        var file = name is "nothing.dll" or "text.dll" ? name : Path.Combine(AppContext.BaseDirectory, name);
        var error = $"--experts-from: {expected.Replace("{0}", file, StringComparison.Ordinal)}";

        var result = await MoeProcess.Run(workspace, "spec", "--experts-from", file);
        result.Errors.ShouldBe([error]);
        result.ExitCode.ShouldBe(2);
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, "--experts-from", file);
        var ended = await silo.End();
        ended.Errors.ShouldBe([$"moe-silo: {error}"]);
        ended.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("cnn", "kind of expert 'cnn' of MoeOrleans.Cluster.Tests: there is a kind of that name; choose another name")]
    [InlineData("experts", "kind of expert 'experts' of MoeOrleans.Cluster.Tests: model.experts is a field of every kind; choose another name")]
    [InlineData("A b", "kind of expert 'A b' of MoeOrleans.Cluster.Tests: a name must be a lower-case letter and at most 31 letters and digits")]
    public void A_name_that_is_taken_or_no_name_is_refused(string name, string expected) =>
        Should.Throw<SpecificationException>(() => ExpertKinds.Register(new Named(name))).Message.ShouldBe(expected);

    private sealed record NoOptions : ExpertOptions;

    private sealed class Named(string name) : IExpertKind
    {
        public string Name => name;

        public ExpertOptions Defaults { get; } = new NoOptions();

        public Activation DefaultActivation => Activation.Linear;

        public IEnumerable<ArraySize> LargestArrays(RunSpec spec) => [];

        public string Title(ModelSpec model) => name;

        public double OperationsPerSample(ModelSpec model, int dim, int patches) => 0;

        public ParameterLayout Parameters(ModelSpec model, int dim, int patches) => new([]);

        public IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => throw new NotSupportedException();
    }
}
