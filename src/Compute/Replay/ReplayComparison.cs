using System.Globalization;
using System.Numerics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Replay;

/// <summary>Repeats the run of a replay folder and compares it step by step.</summary>
internal static class ReplayComparison
{
    /// <summary>The largest error of a run in double that passes.</summary>
    public const double DoubleLimit = 1e-10;

    /// <summary>The largest error of a run in float that passes.</summary>
    public const double FloatLimit = 1e-4;

    /// <summary>Trains with <see cref="SequentialTrainer{T}"/> and compares.</summary>
    /// <typeparam name="T">Precision: double or float.</typeparam>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ReplayException">A file is missing, malformed or does not fit the specification.</exception>
    public static ReplayReport Run<T>(string folder)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(new ReplayFolder<T>(folder));

    /// <summary>Trains with <see cref="SequentialTrainer{T}"/> and compares.</summary>
    /// <typeparam name="T">Precision: double or float.</typeparam>
    /// <param name="folder">The folder.</param>
    public static ReplayReport Run<T>(ReplayFolder<T> folder)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(folder);
        var single = typeof(T) == typeof(float);
        var limit = single ? FloatLimit : DoubleLimit;
        var trainer = new SequentialTrainer<T>(folder.Spec, folder.Data, folder.Start(), new ReplayNoise<T>(folder.Spec.Routing, folder.Noise));
        var losses = new List<double>();
        var dispatch = new List<int[]>();
        var updates = new List<T[][]>();
        var outcome = trainer.Run(metrics =>
        {
            losses.Add(metrics.Loss);
            dispatch.Add(trainer.LastRouting!.Expert);
            updates.Add(Copy(trainer.Weights));
        });
        int? stopStep = outcome.StopReason == StopReason.Steps ? null : losses.Count - 1;
        if (stopStep is { } stop) updates.RemoveAt(stop); // the stopping step makes no update

        var failures = new List<string>();
        if ((stopStep, outcome.StopReason) != (folder.Expected.StopStep, folder.Expected.StopReason))
            failures.Add($"stop: {Stop(stopStep, outcome.StopReason, losses.Count)}, expected {Stop(folder.Expected.StopStep, folder.Expected.StopReason, folder.Expected.Losses.Values.Length)}");
        var loss = CompareLosses(folder.Expected, losses, limit, failures);
        if (folder.Expected.Dispatch is { } expected) CompareDispatch(expected, dispatch, failures);
        var change = CompareChanges(folder, updates, limit, failures);
        return new ReplayReport(folder.Name, single ? "float" : "double", losses.Count, outcome.StopReason, limit, loss, change, [.. failures]);
    }

    private static ReplayError CompareLosses<T>(ReplayExpectation<T> expected, List<double> losses, double limit, List<string> failures)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var errors = losses.Zip(expected.Losses.Values, (loss, wanted) => Size(loss - double.CreateTruncating(wanted))).ToArray();
        var largest = Largest("loss", errors);
        if (Array.FindIndex(errors, error => error > limit) is >= 0 and var first)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture,
                $"loss: step {first}: {losses[first]:R}, expected {expected.Losses.Values[first]:R}, difference {errors[first]:0.0e-0}{AtMost(largest, first)}, limit {limit:0e-0}"));
        }

        return largest;
    }

    private static void CompareDispatch(int[][] expected, List<int[]> dispatch, List<string> failures)
    {
        var differ = (
            from step in Enumerable.Range(0, Math.Min(expected.Length, dispatch.Count))
            from sample in Enumerable.Range(0, expected[step].Length)
            where expected[step][sample] != dispatch[step][sample]
            select (Step: step, Sample: sample)).ToList();
        if (differ is [var (s, i), ..])
            failures.Add($"dispatch: step {s}: sample {i} went to expert {dispatch[s][i]}, expected {expected[s][i]}; {differ.Count} differ in all steps");
    }

    private static ReplayError CompareChanges<T>(ReplayFolder<T> folder, List<T[][]> updates, double limit, List<string> failures)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var worst = new ReplayError(0, "router.weight", 0);
        var tensor = 0;
        foreach (var (name, _, start) in folder.Start().Tensors())
        {
            var errors = new double[Math.Min(updates.Count, folder.Expected.Router.Shape[0])];
            for (var u = 0; u < errors.Length; u++) errors[u] = ChangeError<T>(start, updates[u][tensor], folder.Expected.After(u, tensor));
            var largest = Largest(name, errors);
            if (largest.Error > worst.Error) worst = largest;
            if (Array.FindIndex(errors, error => error > limit) is >= 0 and var first)
            {
                var what = folder.Expected.After(first, tensor).SequenceEqual(start)
                    ? "moved, expected not to"
                    : string.Create(CultureInfo.InvariantCulture, $"error of the change {errors[first]:0.0e-0}{AtMost(largest, first)}, limit {limit:0e-0}");
                failures.Add($"{name}: update of step {first}: {what}");
            }

            tensor++;
        }

        return worst;
    }

    /// <summary>|(w_t - w_0) - (w_t - w_0)_expected| / |(w_t - w_0)_expected|; infinite if only one of them is 0, or for NaN.</summary>
    private static double ChangeError<T>(ReadOnlySpan<T> start, ReadOnlySpan<T> actual, ReadOnlySpan<T> expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var error = 0.0;
        var size = 0.0;
        for (var i = 0; i < start.Length; i++)
        {
            var from = double.CreateTruncating(start[i]);
            var wanted = double.CreateTruncating(expected[i]) - from;
            var difference = double.CreateTruncating(actual[i]) - from - wanted;
            error += difference * difference;
            size += wanted * wanted;
        }

        return error == 0 ? 0 : Size(Math.Sqrt(error) / Math.Sqrt(size));
    }

    // NaN is above no limit, so it counts as infinite.
    private static double Size(double error) => double.IsNaN(error) ? double.PositiveInfinity : Math.Abs(error);

    private static ReplayError Largest(string what, double[] errors)
    {
        var at = 0;
        for (var i = 1; i < errors.Length; i++)
        {
            if (errors[i] > errors[at]) at = i;
        }

        return new ReplayError(errors.Length == 0 ? 0 : errors[at], what, at);
    }

    private static string AtMost(ReplayError largest, int first) =>
        largest.Step == first ? "" : string.Create(CultureInfo.InvariantCulture, $" (largest {largest.Error:0.0e-0} at step {largest.Step})");

    private static string Stop(int? step, StopReason reason, int steps) =>
        step is { } at ? $"{(reason == StopReason.Floor ? "floor" : "rise")} at step {at}" : $"all {steps} steps";

    private static T[][] Copy<T>(MixtureWeights<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. weights.Tensors().Select(tensor => (T[])tensor.Values.Clone())];
}
