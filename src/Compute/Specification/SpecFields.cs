using System.Reflection;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>Every leaf of the specification, found by reflection so that none can be forgotten.</summary>
internal static class SpecFields
{
    /// <summary>The leaves in the order of their declaration, with the options of every kind of expert.</summary>
    public static IReadOnlyList<SpecField> All { get; } = [.. Leaves(typeof(RunSpec), [])];

    private static readonly Dictionary<string, SpecField> ByPath = All.ToDictionary(f => f.Path);

    public static SpecField? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>The leaves that a specification has in its JSON form.</summary>
    public static IReadOnlyList<SpecField> Of(RunSpec spec) => All;

    /// <summary>The keys of a group, "" being the root; empty where there is no such group.</summary>
    public static IReadOnlyList<string> Keys(string group) => Keys(All, group);

    /// <summary>The keys of a group among some fields.</summary>
    public static IReadOnlyList<string> Keys(IEnumerable<SpecField> fields, string group) =>
        [.. fields.Where(f => f.Path.StartsWith(Join(group, ""), StringComparison.Ordinal)).Select(f => f.Path[Join(group, "").Length..].Split('.')[0]).Distinct()];

    public static string Join(string group, string key) => group.Length == 0 ? key : $"{group}.{key}";

    /// <summary>The specification with these values: one for each leaf's path. Options of other kinds of expert have no place in it.</summary>
    public static RunSpec Create(IReadOnlyDictionary<string, object> values)
    {
        return (RunSpec)Fill(Activator.CreateInstance<RunSpec>(), "");

        object Fill(object record, string group)
        {
            foreach (var property in Properties(record.GetType()).Where(property => property.CanWrite))
            {
                var path = Join(group, SpecField.CamelCase(property.Name));
                property.SetValue(record, IsOptions(property) ? Options() : IsGroup(property) ? Fill(Activator.CreateInstance(property.PropertyType)!, path) : values[path]);
            }

            return record;
        }

        ExpertOptions Options()
        {
            var kind = ExpertKinds.Find((string)values["model.expert"])!;
            var options = (ExpertOptions)Activator.CreateInstance(kind.Defaults.GetType())!;
            foreach (var field in All.Where(field => field.Kind == kind)) field.Set(options, values[field.Path]);
            return options;
        }
    }

    private static IEnumerable<SpecField> Leaves(Type type, IReadOnlyList<PropertyInfo> chain) => Properties(type).SelectMany(property =>
        IsOptions(property) ? ExpertKinds.All.SelectMany(kind => Options(kind, [.. chain, property]))
        : IsGroup(property) ? Leaves(property.PropertyType, [.. chain, property])
        : [new SpecField([.. chain, property])]);

    private static IEnumerable<SpecField> Options(IExpertKind kind, IReadOnlyList<PropertyInfo> chain) =>
        Properties(kind.Defaults.GetType()).Select(property => new SpecField([.. chain, property], kind, $"model.{SpecField.CamelCase(property.Name)}"));

    // Reflection promises no order; tokens are in the order of the source.
    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties().OrderBy(p => p.MetadataToken);

    private static bool IsOptions(PropertyInfo property) => property.PropertyType == typeof(ExpertOptions);

    private static bool IsGroup(PropertyInfo property) => property.PropertyType.IsClass && property.GetCustomAttribute<FieldAttribute>() is null;
}
