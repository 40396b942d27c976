using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

internal static class Refusal
{
    /// <summary>Refuses with one line; * in what is expected stands for anything.</summary>
    public static void Check(Action action, string expected)
    {
        var message = Should.Throw<SpecificationException>(action).Message;
        message.Any(char.IsControl).ShouldBeFalse();
        message.Length.ShouldBeLessThan(300);
        var parts = expected.Split('*');
        if (parts.Length == 1) message.ShouldBe(expected);
        else (message.StartsWith(parts[0], StringComparison.Ordinal) && message.EndsWith(parts[1], StringComparison.Ordinal)).ShouldBeTrue(message);
    }
}
