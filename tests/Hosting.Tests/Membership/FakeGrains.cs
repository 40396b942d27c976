using System.Reflection;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>A grain factory whose grains a test answers for.</summary>
#pragma warning disable CA1852 // The proxy is a type that is derived from this one at run time.
internal class FakeGrains : DispatchProxy
#pragma warning restore CA1852
{
    private Func<string, object?, object?> _answer = null!;
    private object? _key;
    private IGrain[] _grains = [];

    /// <summary>A grain factory.</summary>
    /// <param name="answer">Gives the task that a call returns, by type and method (<c>IExpertGrain.Release</c>) and the grain's key.</param>
    /// <param name="grains">Grains that answer for themselves, one of a type: a proxy cannot see internal types in other types' arguments.</param>
    public static IGrainFactory With(Func<string, object?, object?> answer, params IGrain[] grains) => (IGrainFactory)Proxy(typeof(IGrainFactory), answer, null, grains);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == nameof(IGrainFactory.GetGrain)
        ? _grains.FirstOrDefault(targetMethod.ReturnType.IsInstanceOfType) ?? Proxy(targetMethod.ReturnType, _answer, args![0], [])
        : _answer($"{targetMethod.DeclaringType!.Name}.{targetMethod.Name}", _key);

    private static object Proxy(Type type, Func<string, object?, object?> answer, object? key, IGrain[] grains)
    {
        var proxy = Create(type, typeof(FakeGrains));
        var fake = (FakeGrains)proxy;
        (fake._answer, fake._key, fake._grains) = (answer, key, grains);
        return proxy;
    }
}
