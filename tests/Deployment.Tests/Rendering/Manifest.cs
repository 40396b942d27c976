using k8s;
using k8s.Models;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>Objects for Kubernetes, read strictly: an unknown field, or a value of another type, is an error.</summary>
internal sealed class Manifest
{
    private static readonly Dictionary<string, Type> s_customTypes = new()
    {
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["cert-manager.io/v1/Issuer"] = typeof(Issuer),
        ["cert-manager.io/v1/Certificate"] = typeof(Certificate),
    };

    private Manifest(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects) => Objects = objects;

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>The pods that its sets and Jobs make.</summary>
    public IReadOnlyList<Pod> Pods =>
    [
        .. Of<V1StatefulSet>().Select(set => new Pod(set.Name(), set.Spec.Template)),
        .. Of<V1Job>().Select(job => new Pod(job.Name(), job.Spec.Template)),
    ];

    /// <summary>Reads YAML.</summary>
    public static Manifest Parse(string yaml) =>
        new([.. KubernetesYaml.LoadAllFromString(yaml, s_customTypes, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    /// <summary>Renders folders with kustomize, as one manifest.</summary>
    /// <param name="folders">Folders below deploy/kubernetes.</param>
    public static async Task<Manifest> Render(params string[] folders) =>
        Parse(string.Join("\n---\n", await Task.WhenAll(folders.Select(folder => Tool.Run("kubectl", "kustomize", DeployFolder.At("kubernetes", folder))))));

    /// <summary>Renders folders with components added.</summary>
    public static async Task<Manifest> RenderWith(string[] folders, string[] components)
    {
        using var workspace = new Workspace();
        // The real path: macOS has a link in its folder for temporary files.
        var here = new DirectoryInfo(workspace.Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? workspace.Path;
        string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{Path.GetRelativePath(here, DeployFolder.At("kubernetes", name))}\""));
        workspace.Write("kustomization.yaml", $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: moe-orleans
            resources: [{List(folders)}]
            components: [{List(components.Select(component => $"components/{component}"))}]
            """);
        return Parse(await Tool.Run("kubectl", "kustomize", workspace.Path));
    }

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    /// <summary>Its object of a kind and a name.</summary>
    public T Get<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Of<T>().Single(entry => entry.Name() == name);
}
