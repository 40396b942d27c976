using System.Reflection;
using System.Text.Json;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

/// <summary>The specification's leaves by a walk of the tests' own, which knows nothing of the code it checks.</summary>
internal static class Leaves
{
    public static IEnumerable<(string Path, PropertyInfo[] Chain)> All { get; } = [.. Walk(typeof(RunSpec), [])];

    public static object Get(object root, PropertyInfo[] chain) => chain.Aggregate(root, (owner, p) => p.GetValue(Owner(owner, p))!);

    /// <summary>A copy with one leaf changed.</summary>
    public static T With<T>(T root, PropertyInfo[] chain, object value)
        where T : notnull
    {
        if (!chain[0].CanWrite) return (T)(object)((ModelSpec)(object)root with { Options = value is "mlp" ? new MlpOptions() : new PatchCnnOptions() });
        root = (T)Owner(root, chain[0]);
        var copy = (T)root.GetType().GetMethod("<Clone>$")!.Invoke(root, null)!;
        chain[0].SetValue(copy, chain.Length == 1 ? value : With(chain[0].GetValue(root)!, chain[1..], value));
        return copy;
    }

    // An option of a kind of expert other than the specification's.
    private static object Owner(object owner, PropertyInfo property) =>
        property.DeclaringType!.IsInstanceOfType(owner) ? owner : Activator.CreateInstance(property.DeclaringType)!;

    // The hash of a kind of expert from another assembly is a field only if there is one.
    private static IEnumerable<(string, PropertyInfo[])> Walk(Type type, PropertyInfo[] chain) => type.GetProperties().Where(p => p.Name != "ExpertSha256").SelectMany(p =>
        p.PropertyType.Name.EndsWith("Spec", StringComparison.Ordinal) ? Walk(p.PropertyType, [.. chain, p])
            : p.PropertyType == typeof(ExpertOptions) ? [.. Options(typeof(PatchCnnOptions), [.. chain, p]), .. Options(typeof(MlpOptions), [.. chain, p])]
            : [(Path(chain.Append(p)), [.. chain, p])]);

    // They have their paths among the model's own fields.
    private static IEnumerable<(string, PropertyInfo[])> Options(Type type, PropertyInfo[] chain) =>
        type.GetProperties().Select(p => (Path(chain[..^1].Append(p)), (PropertyInfo[])[.. chain, p]));

    private static string Path(IEnumerable<PropertyInfo> chain) => string.Join('.', chain.Select(x => JsonNamingPolicy.CamelCase.ConvertName(x.Name)));
}
