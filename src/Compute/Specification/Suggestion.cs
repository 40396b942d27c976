namespace MoeOrleans.Compute.Specification;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The candidates nearest to <paramref name="typed"/>; none where nothing is near.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="candidates">The right names.</param>
    public static IReadOnlyList<string> Nearest(string typed, IEnumerable<string> candidates)
    {
        // Two slips, or one in three letters, are a misspelling, where at least half is right. Beyond 64 letters it is no name of ours.
        if (typed.Length > 64) return [];
        var limit = Math.Min(Math.Max(2, typed.Length / 3), (typed.Length - 1) / 2);
        var ranked = candidates.Distinct().Select(c => (Name: c, Distance: Distance(typed.ToLowerInvariant(), c.ToLowerInvariant()))).ToList();
        var best = ranked.Count == 0 ? int.MaxValue : ranked.Min(r => r.Distance);
        return best > limit ? [] : [.. ranked.Where(r => r.Distance == best).Select(r => r.Name)];
    }

    /// <summary>"; did you mean 'a' or 'b'?", or nothing without names.</summary>
    /// <param name="names">The names to suggest.</param>
    public static string Question(IEnumerable<string> names)
    {
        var quoted = string.Join(" or ", names.Select(n => $"'{n}'"));
        return quoted.Length == 0 ? "" : $"; did you mean {quoted}?";
    }

    // Edits with swaps of neighbours (optimal string alignment).
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(change, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
