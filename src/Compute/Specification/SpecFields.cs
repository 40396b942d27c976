using System.Reflection;

namespace MoeOrleans.Compute.Specification;

/// <summary>Every leaf of the specification, found by reflection so that none can be forgotten.</summary>
internal static class SpecFields
{
    /// <summary>The leaves in the order of their declaration.</summary>
    public static IReadOnlyList<SpecField> All { get; } = [.. Leaves(typeof(RunSpec), [])];

    private static readonly Dictionary<string, SpecField> ByPath = All.ToDictionary(f => f.Path);

    public static SpecField? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>The keys of a group, "" being the root; empty where there is no such group.</summary>
    public static IReadOnlyList<string> Keys(string group) =>
        [.. All.Where(f => f.Path.StartsWith(Join(group, ""), StringComparison.Ordinal)).Select(f => f.Path[Join(group, "").Length..].Split('.')[0]).Distinct()];

    public static string Join(string group, string key) => group.Length == 0 ? key : $"{group}.{key}";

    /// <summary>The specification with these values: one for each leaf's path.</summary>
    public static RunSpec Create(IReadOnlyDictionary<string, object> values)
    {
        var leaves = new Queue<SpecField>(All);
        return (RunSpec)Create(typeof(RunSpec));

        object Create(Type type)
        {
            var record = Activator.CreateInstance(type)!;
            foreach (var property in Properties(type))
                property.SetValue(record, IsGroup(property) ? Create(property.PropertyType) : values[leaves.Dequeue().Path]);
            return record;
        }
    }

    private static IEnumerable<SpecField> Leaves(Type type, IReadOnlyList<PropertyInfo> chain) => Properties(type).SelectMany(property =>
        IsGroup(property) ? Leaves(property.PropertyType, [.. chain, property]) : [new SpecField([.. chain, property])]);

    // Reflection promises no order; tokens are in the order of the source.
    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties().OrderBy(p => p.MetadataToken);

    private static bool IsGroup(PropertyInfo property) => property.PropertyType.IsClass && property.GetCustomAttribute<FieldAttribute>() is null;
}
