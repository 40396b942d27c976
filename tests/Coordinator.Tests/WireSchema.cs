using System.Reflection;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Coordinator.Tests;

/// <summary>
/// What silos and clients send each other, as text: every serialised type with the ids, names and types of its members, every enumeration with
/// its values, every grain interface with its methods, and every kind of grain. One line each, so that a change is a line.
/// </summary>
internal static class WireSchema
{
    private static readonly Assembly[] s_assemblies = [typeof(RunRequest).Assembly, typeof(IExpertGrain).Assembly, typeof(ICoordinatorGrain).Assembly];

    /// <summary>The first line.</summary>
    public static string Version => $"contracts version {ContractsVersion.Current}";

    /// <summary>The schema as it is.</summary>
    public static IReadOnlyList<string> Lines()
    {
        var types = s_assemblies.SelectMany(assembly => assembly.GetTypes()).ToArray();
        var serialised = types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToArray();
        var interfaces = types.Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)).ToArray();
        var enumerations = serialised.SelectMany(Members).Select(member => member.Type).Concat(interfaces.SelectMany(Signatures)).SelectMany(Parts).Where(type => type.IsEnum).Distinct();
        return
        [
            Version,
            .. serialised.SelectMany(type => Members(type).Select(member => $"type {Alias(type)}: {member.Id} {member.Name} {Name(member.Type)}").DefaultIfEmpty($"type {Alias(type)}: empty"))
                .Concat(enumerations.SelectMany(type => Enum.GetNames(type).Select(name => $"enum {type.Name}: {Convert.ToInt64(Enum.Parse(type, name), null)} {name}")))
                .Concat(interfaces.SelectMany(type => type.GetMethods().Select(method =>
                    $"interface {Alias(type)}: {method.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{method.Name} without alias"}({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))}) {Name(method.ReturnType)}")))
                .Concat(types.Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IGrain).IsAssignableFrom(type) && typeof(Grain).IsAssignableFrom(type))
                    .Select(type => $"grain {type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type).ToString() ?? type.Name}: {string.Join(", ", type.GetInterfaces().Intersect(interfaces).Select(Alias))}"))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<(uint Id, string Name, Type Type)> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return type.GetProperties(Own).Select(property => (property.GetCustomAttribute<IdAttribute>(), property.Name, property.PropertyType))
            .Concat(type.GetFields(Own).Select(field => (field.GetCustomAttribute<IdAttribute>(), field.Name, field.FieldType)))
            .Where(member => member.Item1 is not null)
            .Select(member => (member.Item1!.Id, member.Item2, member.Item3));
    }

    private static IEnumerable<Type> Signatures(Type type) => type.GetMethods().SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType));

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType ? Parts(type.GetElementType()!) : [type, .. type.GetGenericArguments().SelectMany(Parts)];

    private static string Alias(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{type.Name} without alias";

    private static string Name(Type type)
    {
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        var name = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.Name;
        return type.IsGenericType ? $"{name[..name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
