using k8s.Models;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>Label selectors, as Kubernetes applies them: an empty one matches all.</summary>
internal static class Selector
{
    public static bool Matches(V1LabelSelector? selector, IDictionary<string, string> labels) =>
        Matches(selector?.MatchLabels, labels) && (selector?.MatchExpressions ?? []).All(expression => expression.OperatorProperty switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(expression.Key, out var value) || !expression.Values.Contains(value),
            "Exists" => labels.ContainsKey(expression.Key),
            "DoesNotExist" => !labels.ContainsKey(expression.Key),
            var unknown => throw new NotSupportedException($"operator {unknown}"),
        });

    public static bool Matches(IDictionary<string, string>? wanted, IDictionary<string, string> labels) =>
        (wanted ?? new Dictionary<string, string>()).All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
