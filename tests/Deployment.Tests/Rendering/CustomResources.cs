using k8s;
using k8s.Models;

namespace MoeOrleans.Deployment.Tests.Rendering;

// The fields that our manifests use of resources that Kubernetes does not have itself. Sources: the API references of the Prometheus
// operator (monitoring.coreos.com/v1) and of cert-manager (cert-manager.io/v1).
internal abstract class CustomResource<TSpec> : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public TSpec Spec { get; set; } = default!;
}

internal sealed class PodMonitor : CustomResource<PodMonitorSpec>;

internal sealed class PodMonitorSpec
{
    public V1LabelSelector Selector { get; set; } = new();

    public IList<PodMetricsEndpoint> PodMetricsEndpoints { get; set; } = [];
}

internal sealed class PodMetricsEndpoint
{
    public string Port { get; set; } = "";

    public string Path { get; set; } = "";

    public string Interval { get; set; } = "";
}

internal sealed class Issuer : CustomResource<IssuerSpec>;

internal sealed class IssuerSpec
{
    public SelfSignedIssuer? SelfSigned { get; set; }

    public AuthorityIssuer? Ca { get; set; }
}

internal sealed class SelfSignedIssuer;

internal sealed class AuthorityIssuer
{
    public string SecretName { get; set; } = "";
}

internal sealed class Certificate : CustomResource<CertificateSpec>;

internal sealed class CertificateSpec
{
    public bool IsCA { get; set; }

    public string? CommonName { get; set; }

    public string SecretName { get; set; } = "";

    public IList<string> DnsNames { get; set; } = [];

    public IList<string> Usages { get; set; } = [];

    public string? Duration { get; set; }

    public string? RenewBefore { get; set; }

    public CertificatePrivateKey? PrivateKey { get; set; }

    public IssuerReference IssuerRef { get; set; } = new();
}

internal sealed class CertificatePrivateKey
{
    public string? Algorithm { get; set; }

    public int Size { get; set; }

    public string? RotationPolicy { get; set; }
}

internal sealed class IssuerReference
{
    public string Name { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Group { get; set; } = "";
}
