using System.Globalization;

namespace MoeOrleans.Compute.Data.Info;

/// <summary>What is wrong with data, one line each: what, and what mends it.</summary>
internal static class DataProblems
{
    // Networks start with weights for inputs of about 1; generated data stay below this.
    private const double LargeInput = 100;
    private const double OtherScale = 10;
    private const int MostListed = 8;

    /// <summary>Problems of a set alone.</summary>
    /// <param name="set">The set.</param>
    /// <param name="inputs">Its inputs, for the lines.</param>
    public static IEnumerable<string> OfSet(SetInfo set, string inputs)
    {
        if (set.NotFinite > 0)
            yield return $"{inputs}: {set.NotFinite} numbers are not finite, the first in sample {set.FirstNotFinite}; replace them, such as with numpy.nan_to_num, or leave these samples out; divide numbers that are too large for float32";
    }

    /// <summary>Problems of the inputs' scale.</summary>
    /// <param name="sets">The sets, training first.</param>
    public static IEnumerable<string> OfScales(IReadOnlyList<SetInfo> sets)
    {
        foreach (var set in sets)
        {
            if (set.Min == set.Max) yield return $"{set.Set}: all inputs are {Number(set.Min)}, so samples cannot be told apart; check how the file was written";
            else if (Largest(set) > LargeInput) yield return $"{set.Set}: inputs are from {Number(set.Min)} to {Number(set.Max)}, and training expects about -1 to 1; divide them, or train with --standardize";
        }

        if (sets is [var train, var test] && (Largest(train) > OtherScale * Largest(test) || Largest(test) > OtherScale * Largest(train)))
            yield return $"training inputs are from {Number(train.Min)} to {Number(train.Max)}, test inputs from {Number(test.Min)} to {Number(test.Max)}; scale both sets in the same way";
    }

    /// <summary>Problems of the classes.</summary>
    /// <param name="classes">Every class.</param>
    public static IEnumerable<string> OfClasses(IReadOnlyList<GroupInfo> classes)
    {
        GroupInfo[] absent = [.. classes.Where(c => c is { Train: 0, Test: 0 })];
        GroupInfo[] untrained = [.. classes.Where(c => c is { Train: 0, Test: > 0 })];
        GroupInfo[] untested = [.. classes.Where(c => c is { Train: > 0, Test: 0 })];
        if (absent.Length > 0) yield return $"{Listed(absent)} of 0 to {classes.Count - 1} {(absent.Length == 1 ? "has" : "have")} no samples; number the classes from 0 without gaps";
        if (untrained.Length > 0)
            yield return $"{Listed(untrained)}: {untrained.Sum(c => c.Test)} test samples, but no training samples; add training samples, or leave these test samples out";
        if (untested.Length > 0) yield return $"{Listed(untested)}: no test samples, so the test accuracy does not tell of {(untested.Length == 1 ? "it" : "them")}; move some training samples to the test set";
        if (classes.Count(c => c.Train > 0) == 1) yield return "all training samples are of one class; there is nothing to learn: add samples of others";
    }

    private static double Largest(SetInfo set) => Math.Max(Math.Abs(set.Min), Math.Abs(set.Max));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Listed(GroupInfo[] classes) => classes switch
    {
        [var single] => $"class {single.Number}",
        { Length: <= MostListed } => $"classes {string.Join(", ", classes.Select(c => c.Number))}",
        _ => $"{classes.Length} classes, such as {string.Join(", ", classes[..MostListed].Select(c => c.Number))}",
    };
}
