using System.Globalization;
using System.Text;
using k8s.Models;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>The environment that Kubernetes gives a container.</summary>
internal static class PodEnvironment
{
    /// <summary>Resolves the container's variables.</summary>
    /// <param name="manifest">Has the maps and secrets that they come from; a secret that it lacks is the user's own.</param>
    /// <param name="container">The container.</param>
    /// <param name="pod">The pod's name.</param>
    /// <param name="address">The pod's address.</param>
    public static Dictionary<string, string> Of(Manifest manifest, V1Container container, string pod, string address)
    {
        var environment = (container.EnvFrom ?? []).SelectMany(source => manifest.Get<V1ConfigMap>(source.ConfigMapRef.Name).Data).ToDictionary();
        foreach (var variable in container.Env ?? []) environment[variable.Name] = variable.Value ?? Resolve(variable.ValueFrom);
        return environment;

        string Resolve(V1EnvVarSource source) => source switch
        {
            { FieldRef.FieldPath: "metadata.name" } => pod,
            { FieldRef.FieldPath: "status.podIP" } => address,
            { ResourceFieldRef.Resource: "requests.cpu" } => Math.Ceiling(container.Resources.Requests["cpu"].ToDecimal()).ToString(CultureInfo.InvariantCulture),
            { SecretKeyRef: { } secret } => Secret(secret),
            _ => throw new NotSupportedException(source.ToString()),
        };

        string Secret(V1SecretKeySelector secret) => manifest.Of<V1Secret>().SingleOrDefault(entry => entry.Name() == secret.Name) is { } found
            ? Encoding.UTF8.GetString(found.Data[secret.Key])
            : "redis://moe:secret@10.1.2.4:6379";
    }
}
