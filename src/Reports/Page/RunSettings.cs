using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports.Findings;
using static System.FormattableString;

namespace MoeOrleans.Reports.Page;

/// <summary>What a run was trained with, for its page.</summary>
internal static class RunSettings
{
    /// <summary>Names and values of the settings.</summary>
    /// <param name="spec">The specification of the run.</param>
    public static IEnumerable<(string Name, string Value)> Of(RunSpec spec)
    {
        var (data, model, routing, training) = (spec.Data, spec.Model, spec.Routing, spec.Training);
        var validation = data.Validation == 0 ? "" : Invariant($", {data.Validation:#,0} validation{(data.ValidationSha256.Length > 0 ? "" : " (held out)")}");
        yield return ("Data", Invariant($"{data.Train:#,0} training{validation} and {data.Test:#,0} test samples of {data.Patches} x {data.Dim} numbers (patches x dim){(data.Standardize ? ", standardized" : "")}; {Classes(spec)}"));
        yield return ("Experts", Invariant($"{model.Experts}: {ExpertKinds.Of(model).Describe(model)}"));
        if (model.Experts > 1)
        {
            yield return ("Gate", Invariant($"{FindingsFormat.Name(routing.Gate)}; noise {FindingsFormat.Name(routing.Noise)}"));
            yield return ("Balance loss", routing.LoadBalance == 0 ? "none" : Invariant($"{FindingsFormat.Name(routing.Balance)}, coefficient {routing.LoadBalance}"));
        }

        yield return ("Loss", FindingsFormat.Name(model.Loss));
        yield return ("Optimiser of the experts", Optimiser(training.Expert));
        if (model.Experts > 1 && routing.Gate != GateKind.One) yield return ("Optimiser of the router", Optimiser(training.Router));
        yield return ("Schedule", FindingsFormat.Name(training.Schedule));
        var epoch = new MinibatchOrder(training, data.Train).StepsPerEpoch;
        yield return ("Batch", training.Minibatch == 0 || training.Minibatch >= data.Train
            ? Invariant($"all samples; at most {training.Steps:#,0} steps")
            : Invariant($"{training.Minibatch:#,0} samples; at most {training.Steps:#,0} steps, {(double)training.Steps / epoch:0.##} epochs"));
        yield return ("End", End(training));
        if (training.EvaluateEvery > 0) yield return ("Evaluation", training.EvaluateEvery == 1 ? "after every epoch" : Invariant($"after every {training.EvaluateEvery:#,0} epochs"));
    }

    private static string Classes(RunSpec spec)
    {
        var names = ClassNames.Of(spec.Data);
        var count = Invariant($"{Math.Max(2, spec.Model.Outputs):#,0} classes");
        // More would be a list to scroll through.
        return names.IsEmpty || names.Length > 20 ? count : $"{count}: {string.Join(", ", names)}";
    }

    private static string End(TrainingSpec training)
    {
        var rule = training.Stop.Enabled ? "the stop rule, by the training loss" : "after the last step";
        return training.EarlyStop == 0 ? rule : Invariant($"{rule}, or after {training.EarlyStop} evaluation{(training.EarlyStop == 1 ? "" : "s")} without a smaller validation loss");
    }

    private static string Optimiser(OptimiserSpec optimiser)
    {
        var parts = new List<string> { FindingsFormat.Name(optimiser.Method), Invariant($"rate {optimiser.Rate}") };
        if (optimiser.Momentum != 0) parts.Add(Invariant($"momentum {optimiser.Momentum}"));
        if (optimiser.WeightDecay != 0) parts.Add(Invariant($"weight decay {optimiser.WeightDecay}"));
        if (optimiser.Normalise != NormKind.None) parts.Add($"normalised by {FindingsFormat.Name(optimiser.Normalise)}");
        if (optimiser.Clip != 0) parts.Add(Invariant($"clipped at {optimiser.Clip}"));
        return string.Join(", ", parts);
    }
}
