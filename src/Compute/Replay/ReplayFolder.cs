using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Replay;

/// <summary>Every input of a run and what is expected of it; docs/replay.md describes the files.</summary>
/// <typeparam name="T">Precision of the run.</typeparam>
internal sealed class ReplayFolder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Inputs are float32 for either precision; files of a run in float have a suffix.
    private static readonly string _suffix = typeof(T) == typeof(float) ? "32" : "";

    // Names of the files of an expert's tensors, in the order of its layout.
    private static readonly string[] _tensorFiles = ["w", "b"];

    private readonly string _path;
    private readonly NpyArray<float> _router;
    private readonly ImmutableArray<NpyArray<float>> _experts;

    /// <summary>Reads a folder.</summary>
    /// <exception cref="ReplayException">A file is missing, malformed or does not fit the specification.</exception>
    public ReplayFolder(string path)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) throw new NotSupportedException($"no replay in {typeof(T)}");
        if (!Directory.Exists(path)) throw new ReplayException($"{path}: no such folder");
        _path = path;
        Spec = ReadSpec();
        var data = Spec.Data;
        var experts = Spec.Model.Experts;
        var steps = Spec.Training.Steps;
        var layout = Layout();
        Data = ReadData();
        Noise = Spec.Routing.Noise == NoiseKind.Fixed
            ? Read<float>("noise", "1 x data.train x model.experts", 1, data.Train, experts)
            : Read<float>("noise", "training.steps x data.train x model.experts", steps, data.Train, experts);
        // Without a router, its tensors have no columns.
        var routerDim = RouterGradientLayout.Of(Spec, data.Dim).Dim;
        _router = Read<float>("router0", "model.experts x data.dim", experts, routerDim);
        _experts = [.. layout.Tensors.Select((tensor, t) => Read<float>($"{_tensorFiles[t]}0", Meaning(t), [experts, .. tensor.Shape]))];
        foreach (var absent in _tensorFiles.Skip(_experts.Length).Select(name => PathOf($"{name}0.npy")).Where(File.Exists))
            throw new ReplayException($"{absent}: must be absent where model.bias is false");

        var (stopStep, reason, dispatch) = ReadExpected();
        var losses = Read<T>($"loss{_suffix}", "executed steps", stopStep + 1 ?? steps);
        var updates = stopStep ?? steps;
        Expected = new ReplayExpectation<T>(stopStep, reason, dispatch, losses,
            Read<T>($"router{_suffix}", "updates x model.experts x data.dim", updates, experts, routerDim),
            [.. layout.Tensors.Select((tensor, t) => Read<T>($"{_tensorFiles[t]}{_suffix}", $"updates x {Meaning(t)}", [updates, experts, .. tensor.Shape]))]);
    }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_path)));

    public RunSpec Spec { get; }

    /// <summary>The samples; they stand for the test samples too, which a replay does not use.</summary>
    public Dataset<T> Data { get; }

    /// <summary>What is added to the scores: (steps or 1) x samples x experts.</summary>
    public NpyArray<float> Noise { get; }

    /// <summary>What the run is compared with.</summary>
    public ReplayExpectation<T> Expected { get; }

    /// <summary>The weights at the start, a new copy each time.</summary>
    public MixtureWeights<T> Start()
    {
        var layout = Layout();
        var experts = new T[Spec.Model.Experts][];
        for (var m = 0; m < experts.Length; m++)
        {
            experts[m] = new T[layout.Length];
            for (var t = 0; t < _experts.Length; t++) layout.Tensors[t].Import<T>(Widen(_experts[t][m]), experts[m]);
        }

        return new MixtureWeights<T>(Widen(_router.Values), experts, layout);
    }

    private ParameterLayout Layout() => ExpertKinds.Parameters(Spec.Model, Spec.Data.Dim, Spec.Data.Patches);

    private static string Meaning(int tensor) => tensor == 0 ? "model.experts x filters x data.dim" : "model.experts x filters";

    private static T[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new T[values.Length];
        for (var i = 0; i < values.Length; i++) wide[i] = T.CreateTruncating(values[i]);
        return wide;
    }

    private string PathOf(string file) => Path.Combine(_path, file);

    private NpyArray<TElement> Read<TElement>(string name, string meaning, params ReadOnlySpan<int> shape)
        where TElement : unmanaged, INumber<TElement>
    {
        var path = PathOf($"{name}.npy");
        NpyArray<TElement> array;
        try
        {
            array = NpyFile.Read<TElement>(path, meaning, shape);
        }
        catch (UnreadableFileException e)
        {
            throw new ReplayException(e.Message, e);
        }

        var bad = Array.FindIndex(array.Values, value => !TElement.IsFinite(value));
        return bad < 0 ? array : throw new ReplayException($"{path}: numbers must be finite, got {array.Values[bad]} at element {bad}");
    }

    private string ReadText(string file)
    {
        var path = PathOf(file);
        try
        {
            return RegularFile.ReadText(path, maxBytes: int.MaxValue);
        }
        catch (UnreadableFileException e)
        {
            throw new ReplayException(e.Message, e);
        }
    }

    private RunSpec ReadSpec()
    {
        var path = PathOf("spec.json");
        RunSpec spec;
        try
        {
            spec = RunSpecJson.Parse(ReadText("spec.json"), path);
        }
        catch (SpecificationException e)
        {
            throw new ReplayException(e.Message, e);
        }

        if (!ExpertKinds.Of(spec.Model).IsOfThePaper)
        {
            var names = string.Join(" or ", ExpertKinds.All.Where(kind => kind.IsOfThePaper).Select(kind => kind.Name));
            throw new ReplayException($"{path}: model.expert must be {names}: a replay folder has no files for another expert's tensors, got {spec.Model.Expert}");
        }

        return spec.Training.Minibatch is 0 || spec.Training.Minibatch == spec.Data.Train
            ? spec
            : throw new ReplayException($"{path}: training.minibatch must be 0: a replay takes all samples at each step, got {spec.Training.Minibatch}");
    }

    private Dataset<T> ReadData()
    {
        var data = Spec.Data;
        var inputs = Read<float>("x", "data.train x data.patches x data.dim", data.Train, data.Patches, data.Dim);
        var labels = Read<int>("y", "data.train", data.Train);
        Below("y", labels, Math.Max(2, Spec.Model.Outputs));
        var clusters = File.Exists(PathOf("cluster.npy")) ? Read<int>("cluster", "data.train", data.Train) : null;
        if (clusters is not null) Below("cluster", clusters, data.Clusters);
        var samples = new Samples<T>(
            data.Patches, data.Dim, clusters is null ? 1 : data.Clusters, Widen(inputs.Values), labels.Values, clusters?.Values ?? new int[data.Train]);
        return new Dataset<T>(samples, samples, null);
    }

    private void Below(string name, NpyArray<int> array, int end)
    {
        var bad = Array.FindIndex(array.Values, value => value < 0 || value >= end);
        if (bad >= 0) throw new ReplayException($"{PathOf(name)}.npy: must be from 0 to {end - 1}, got {array.Values[bad]} for sample {bad}");
    }

    private (int? StopStep, StopReason Reason, int[][]? Dispatch) ReadExpected()
    {
        var path = PathOf("expected.json");
        var text = ReadText("expected.json");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ReplayException($"{path}: line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: not valid JSON", e);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new ReplayException($"{path}: must be an object with stopStep, stopReason and dispatch, got {Quote(root)}");
            var reason = Field("stopReason") switch
            {
                { ValueKind: JsonValueKind.String } e when e.ValueEquals("floor") => StopReason.Floor,
                { ValueKind: JsonValueKind.String } e when e.ValueEquals("rise") => StopReason.Rise,
                { ValueKind: JsonValueKind.String } e when e.ValueEquals("steps") => StopReason.Steps,
                var e => throw new ReplayException($"{path}: stopReason must be floor, rise or steps, got {Quote(e)}"),
            };
            var steps = Spec.Training.Steps;
            int? stop = Field("stopStep") switch
            {
                { ValueKind: JsonValueKind.Null } when reason == StopReason.Steps => null,
                { ValueKind: JsonValueKind.Number } e when reason != StopReason.Steps && e.TryGetInt32(out var s) && s >= 0 && s < steps => s,
                var e when reason == StopReason.Steps => throw new ReplayException($"{path}: stopStep must be null where stopReason is steps, got {Quote(e)}"),
                var e => throw new ReplayException($"{path}: stopStep must be from 0 to {steps - 1}, below training.steps, got {Quote(e)}"),
            };
            var dispatch = root.TryGetProperty("dispatch", out var rows) && rows.ValueKind != JsonValueKind.Null ? ReadDispatch(path, rows, stop + 1 ?? steps) : null;
            return (stop, reason, dispatch);

            JsonElement Field(string name) =>
                root.TryGetProperty(name, out var value) ? value : throw new ReplayException($"{path}: {name} is missing");
        }
    }

    private int[][] ReadDispatch(string path, JsonElement rows, int steps)
    {
        var train = Spec.Data.Train;
        var experts = Spec.Model.Experts;
        if (rows.ValueKind != JsonValueKind.Array || rows.GetArrayLength() != steps)
            throw new ReplayException($"{path}: dispatch must be {steps} lists, one for each executed step, got {Length(rows)}");
        var dispatch = new List<int[]>();
        foreach (var row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != train)
                throw new ReplayException($"{path}: dispatch of step {dispatch.Count} must be {train} experts, one for each sample, got {Length(row)}");
            dispatch.Add([.. row.EnumerateArray().Select(Expert)]);
        }

        return [.. dispatch];

        int Expert(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var expert) && expert >= 0 && expert < experts
            ? expert
            : throw new ReplayException($"{path}: dispatch of step {dispatch.Count} must be experts from 0 to {experts - 1}, got {Quote(value)}");

        static string Length(JsonElement value) => value.ValueKind == JsonValueKind.Array ? $"{value.GetArrayLength()}" : Quote(value);
    }

    private static string Quote(JsonElement value) => SpecField.Quote(value.GetRawText());
}
