using System.Reflection;
using System.Text.Json;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

/// <summary>The specification's leaves by a walk of the tests' own, which knows nothing of the code it checks.</summary>
internal static class Leaves
{
    public static IEnumerable<(string Path, PropertyInfo[] Chain)> All { get; } = [.. Walk(typeof(RunSpec), [])];

    public static object Get(object root, PropertyInfo[] chain) => chain.Aggregate(root, (owner, p) => p.GetValue(owner)!);

    /// <summary>A copy with one leaf changed.</summary>
    public static T With<T>(T root, PropertyInfo[] chain, object value)
        where T : notnull
    {
        var copy = (T)root.GetType().GetMethod("<Clone>$")!.Invoke(root, null)!;
        chain[0].SetValue(copy, chain.Length == 1 ? value : With(chain[0].GetValue(root)!, chain[1..], value));
        return copy;
    }

    private static IEnumerable<(string, PropertyInfo[])> Walk(Type type, PropertyInfo[] chain) => type.GetProperties().SelectMany(p =>
        p.PropertyType.Name.EndsWith("Spec", StringComparison.Ordinal)
            ? Walk(p.PropertyType, [.. chain, p])
            : [(string.Join('.', chain.Append(p).Select(x => JsonNamingPolicy.CamelCase.ConvertName(x.Name))), [.. chain, p])]);
}
