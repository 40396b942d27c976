using System.Numerics.Tensors;
using System.Reflection;

namespace MoeOrleans.Compute.Tests;

public sealed class BannedSymbolsTests
{
    // The analyser passes over what it cannot resolve, and a new overload is not banned by itself.
    [Fact]
    public void Every_overload_of_a_banned_method_is_banned()
    {
        using var stream = typeof(BannedSymbolsTests).Assembly.GetManifestResourceStream("BannedSymbols.txt")!;
        using var reader = new StreamReader(stream);
        var ids = reader.ReadToEnd().Split('\n').Where(line => line.StartsWith("M:", StringComparison.Ordinal)).ToList();
        ids.Count.ShouldBeGreaterThan(400);
        ids.ShouldBeUnique();

        foreach (var group in ids.GroupBy(id => id[2..].Split('(', ';')[0].Split("``")[0]))
        {
            var dot = group.Key.LastIndexOf('.');
            var (typeName, methodName) = (group.Key[..dot], group.Key[(dot + 1)..]);
            var type = typeof(Math).Assembly.GetType(typeName) ?? typeof(TensorPrimitives).Assembly.GetType(typeName);
            type.ShouldNotBeNull(typeName);
            const BindingFlags Declared =
                BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            type.GetMethods(Declared).Count(method => method.Name == methodName).ShouldBe(group.Count(), group.Key);
        }
    }
}
