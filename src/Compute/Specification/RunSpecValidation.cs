using System.Numerics;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>Checks of a specification: each field's limits, then what fields demand of each other.</summary>
internal static class RunSpecValidation
{
    // An array is indexed by int.
    private const long MaxArray = 1 << 30;

    /// <summary>Throws on the first error.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="SpecificationException">It cannot be run.</exception>
    public static void Validate(RunSpec spec)
    {
        if (Errors(spec) is [var first, ..]) throw new SpecificationException(first);
    }

    /// <summary>Every error, a line each; empty where the specification is valid.</summary>
    /// <param name="spec">The specification.</param>
    public static IReadOnlyList<string> Errors(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var fields = SpecFields.All.Select(f => (f.Path, Error: f.Check(f.Get(spec)))).Where(f => f.Error is not null).Select(f => $"{f.Path}: {f.Error}").ToList();
        // Out of range values would make nonsense of the checks between fields.
        return fields.Count > 0 ? fields : [.. Conflicts(spec).Select(c => c.Error)];
    }

    /// <summary>What fields demand of each other, with the fields that can be changed to mend it.</summary>
    internal static IEnumerable<FieldConflict> Conflicts(RunSpec spec)
    {
        var (data, model, training) = (spec.Data, spec.Model, spec.Training);
        foreach (var conflict in DataConflicts.Of(spec)) yield return conflict;
        foreach (var conflict in ModelConflicts.Of(model)) yield return conflict;
        if (training.Minibatch > data.Train)
        {
            yield return new(["training.minibatch", "data.train"],
                $"training.minibatch must be at most {data.Train}, which is data.train, got {training.Minibatch}; 0 is the full batch");
        }

        if (!BitOperations.IsPow2(training.Block))
        {
            yield return new(["training.block"],
                $"training.block must be a power of two, got {training.Block}; next is {BitOperations.RoundUpToPowerOf2((uint)training.Block)}");
        }

        if (spec.Recipe == Recipe.Paper && model.Kind == ModelKind.Single)
            yield return new(["recipe", "model.kind"], "recipe paper is an algorithm for mixtures; leave recipe at reference where model.kind is single");
        if (spec.Routing.LoadBalance > 0 && spec.Routing.Gate == GateKind.One)
            yield return new(["routing.loadBalance", "routing.gate"], "routing.loadBalance must be 0 where routing.gate is one, for that router does not learn");
        if (spec.Routing.Balance == BalanceKind.Switch && spec.Routing.Gate != GateKind.Softmax)
        {
            yield return new(["routing.balance", "routing.gate"],
                $"routing.balance switch needs the probabilities of a softmax gate, but routing.gate is {SpecField.Format(spec.Routing.Gate)}; set routing.gate to softmax or routing.balance to scores");
        }

        if (spec.Routing.ReplayPath.Length > 0 && spec.Routing.ReplaySha256.Length == 0)
            yield return new(["routing.replayPath"], "routing.replaySha256 must be the hash of the recording in routing.replayPath; --replay-routing DIR fills in both");
        if (spec.Routing.ReplayPath.Length == 0 && spec.Routing.ReplaySha256.Length > 0)
            yield return new(["routing.replaySha256"], "routing.replayPath must name the folder of the recording with routing.replaySha256; --replay-routing DIR fills in both");
        foreach (var conflict in TrainingConflicts.Of(spec)) yield return conflict;
        ArraySize[] arrays =
        [
            new(["data.patches", "data.dim"], "a sample, data.patches x data.dim,", (long)data.Patches * data.Dim),
            new(["data.clusters", "data.dim"], "the signals, 2 x data.clusters x data.dim,", data.Source == DataSource.Clusters ? 2L * data.Clusters * data.Dim : 0),
            .. ExpertKinds.Of(model).LargestArrays(spec),
            new(["model.experts", "data.dim"], "the router, model.experts x data.dim,", (long)model.Experts * data.Dim),
            new(["data.train", "data.dim"], "the training set, data.train x data.patches x data.dim,", (long)data.Train * data.Patches * data.Dim),
            new(["data.test", "data.dim"], "the test set, data.test x data.patches x data.dim,", (long)data.Test * data.Patches * data.Dim),
            new(["data.validation", "data.dim"], "the validation set, data.validation x data.patches x data.dim,", (long)data.Validation * data.Patches * data.Dim),
            new(["training.minibatch", "model.experts"], "a minibatch's scores, samples x model.experts,", (long)(training.Minibatch == 0 ? data.Train : training.Minibatch) * model.Experts),
        ];
        foreach (var (paths, what, length) in arrays.Where(array => array.Length > MaxArray))
            yield return new(paths, $"{what} must be at most {MaxArray} numbers, got {length}; make {string.Join(" or ", paths)} smaller");
    }
}
