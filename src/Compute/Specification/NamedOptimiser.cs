namespace MoeOrleans.Compute.Specification;

/// <summary>The optimisers of <c>--optimizer</c>, by the names that PyTorch has for them.</summary>
internal static class NamedOptimiser
{
    private static readonly (string Name, string Method, string Rate, string WeightDecay)[] s_all =
    [
        ("sgd", "gradientDescent", "0.1", "0"),
        ("adam", "adam", "0.001", "0"),
        ("adamw", "adamW", "0.001", "0.01"),
    ];

    private static readonly string[] s_paths = ["training.expert", "training.router"];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(optimiser => optimiser.Name)];

    /// <summary>The fields that an optimiser sets, for experts and router alike.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">What an error begins with.</param>
    /// <exception cref="SpecificationException">There is no such optimiser.</exception>
    public static IEnumerable<(string Path, string Value)> Fields(string name, string source)
    {
        if (s_all.FirstOrDefault(optimiser => optimiser.Name == name) is not { Name: not null } found)
            throw new SpecificationException($"{source}: unknown {SpecField.Quote(name)}; one of {string.Join(", ", Names)}{Suggestion.Question(Suggestion.Nearest(name, Names))}");
        return s_paths.SelectMany(path => ((string, string)[])
        [
            ($"{path}.method", found.Method),
            ($"{path}.rate", found.Rate),
            ($"{path}.normalise", "none"),
            ($"{path}.momentum", "0"),
            ($"{path}.weightDecay", found.WeightDecay),
        ]);
    }
}
