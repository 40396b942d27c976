using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>Every leaf of the specification, found by reflection so that none can be forgotten.</summary>
internal static class SpecFields
{
    /// <summary>Path of the hash of the assembly that a kind of expert is from.</summary>
    public const string ExpertSha256 = "model.expertSha256";

    private static volatile Snapshot? s_snapshot;

    /// <summary>The leaves in the order of their declaration, with the options of every kind of expert.</summary>
    public static IReadOnlyList<SpecField> All => Current.All;

    // A kind of expert that is registered brings fields.
    private static Snapshot Current
    {
        get
        {
            var (kinds, snapshot) = (ExpertKinds.All, s_snapshot);
            if (snapshot is not null && snapshot.Kinds == kinds) return snapshot;
            var outside = kinds.Any(kind => !IsBuiltIn(kind));
            SpecField[] all = [.. Leaves(typeof(RunSpec), []).Where(leaf => outside || leaf.Path != ExpertSha256)];
            return s_snapshot = new Snapshot(kinds, all, all.ToDictionary(leaf => leaf.Path));
        }
    }

    public static SpecField? Find(string path) => Current.ByPath.GetValueOrDefault(path);

    /// <summary>
    /// The leaves that a specification has in its JSON form: those of kinds of expert from other assemblies only if the specification is
    /// of that kind, so that the form of a built-in kind does not depend on what is registered; and optional ones unless they have their default.
    /// </summary>
    /// <param name="spec">The specification.</param>
    /// <param name="preset">Where a reader takes missing fields from. It has the optional ones in which the preset differs from the default too.</param>
    public static IReadOnlyList<SpecField> Of(RunSpec spec, RunSpec? preset = null)
    {
        var own = ExpertKinds.Of(spec.Model);
        var defaults = new RunSpec();
        return [.. All.Where(field => !field.Attribute.IsOptional || !IsDefault(field, spec) || (preset is not null && !IsDefault(field, preset)))
            .Where(field => field.Kind is null ? field.Path != ExpertSha256 || !IsBuiltIn(own) : IsBuiltIn(field.Kind) || field.Kind == own)];

        bool IsDefault(SpecField field, RunSpec of) => Equals(field.Get(of), field.Get(defaults));
    }

    /// <summary>Checks a kind of expert that is to be registered.</summary>
    /// <exception cref="SpecificationException">Its name or its options are not valid.</exception>
    public static void CheckKind(IExpertKind kind)
    {
        var where = $"kind of expert {SpecField.Quote(kind.Name)} of {kind.GetType().Assembly.GetName().Name}";
        if (!Regex.IsMatch(kind.Name, @"\A[a-z][A-Za-z0-9]{0,31}\z"))
            throw new SpecificationException($"{where}: a name must be a lower-case letter and at most 31 letters and digits");
        if (Keys("model").Contains(kind.Name)) throw new SpecificationException($"{where}: model.{kind.Name} is a field of every kind; choose another name");
        var options = kind.Defaults.GetType();
        if (kind.GetType().Assembly.Location.Length == 0) throw new SpecificationException($"{where}: its assembly must be loaded from a file, whose hash is part of the specification");
        if (ExpertKinds.All.Any(other => other.Defaults.GetType() == options)) throw new SpecificationException($"{where}: {options.Name} are the options of another kind");
        if (options.GetConstructor(Type.EmptyTypes) is null) throw new SpecificationException($"{where}: {options.Name} needs a constructor without parameters");
        foreach (var property in Properties(options))
        {
            if (property.GetCustomAttribute<FieldAttribute>() is null || !property.CanWrite || !SpecField.IsSupported(property.PropertyType))
                throw new SpecificationException($"{where}: {options.Name}.{property.Name} needs a [Field] attribute, an init accessor and a type that {nameof(ExpertOptions)} names");
        }
    }

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
        Properties(kind.Defaults.GetType()).Select(property => new SpecField([.. chain, property], kind, Join(IsBuiltIn(kind) ? "model" : $"model.{kind.Name}", SpecField.CamelCase(property.Name))));

    private static bool IsBuiltIn(IExpertKind kind) => ExpertKinds.AssemblySha256(kind).Length == 0;

    // Reflection promises no order; tokens are in the order of the source.
    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties().OrderBy(p => p.MetadataToken);

    private static bool IsOptions(PropertyInfo property) => property.PropertyType == typeof(ExpertOptions);

    private static bool IsGroup(PropertyInfo property) => property.PropertyType.IsClass && property.GetCustomAttribute<FieldAttribute>() is null;

    private sealed record Snapshot(ImmutableArray<IExpertKind> Kinds, IReadOnlyList<SpecField> All, IReadOnlyDictionary<string, SpecField> ByPath);
}
