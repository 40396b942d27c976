using k8s.Models;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>A pod of a set or a Job.</summary>
/// <param name="Name">The name of the set or Job.</param>
/// <param name="Template">The pod.</param>
internal sealed record Pod(string Name, V1PodTemplateSpec Template)
{
    public V1PodSpec Spec => Template.Spec;

    public IReadOnlyList<V1Container> Containers => [.. Spec.InitContainers ?? [], .. Spec.Containers];

    public IDictionary<string, string> Labels => Template.Metadata.Labels;

    /// <summary>Whether a selector chooses this pod.</summary>
    public bool Matches(V1LabelSelector? selector) => Selector.Matches(selector, Labels);

    public override string ToString() => Name;
}
