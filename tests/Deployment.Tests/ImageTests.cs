using System.Text.RegularExpressions;
using System.Xml.Linq;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests;

/// <summary>The two ways to build the image agree, and the manifests fit it.</summary>
public sealed partial class ImageTests
{
    private static readonly XElement s_project = XElement.Load(Path.Combine(DeployFolder.Root, "src", "Cli", "Container.props"));
    private static readonly string s_dockerfile = File.ReadAllText(DeployFolder.At("image", "Dockerfile"));

    [Fact]
    public void The_Dockerfile_says_what_the_project_says()
    {
        s_dockerfile.ShouldContain($"FROM {Property("ContainerBaseImage")}\n");
        s_dockerfile.ShouldContain($"USER {Property("ContainerUser")}\n");
        s_dockerfile.ShouldContain($"EXPOSE {Item("ContainerPort").Single().Replace(';', ' ')}\n");
        s_dockerfile.ShouldContain($"CMD [{string.Join(", ", Item("ContainerDefaultArgs").Single().Split(';').Select(word => $"\"{word}\""))}]\n");
        s_dockerfile.ShouldContain($"ENV PATH={Values("ContainerEnvironmentVariable")["PATH"]}\n");
        // The license is the solution's property.
        foreach (var (name, value) in Values("ContainerLabel")) s_dockerfile.ShouldContain($"{name}=\"{(value.StartsWith("$(") ? "MIT" : value)}\"");
    }

    [Fact]
    public async Task Pods_run_as_the_images_user()
    {
        var pods = (await Overlays.Render("production")).Pods;

        foreach (var pod in pods) $"{pod.Spec.SecurityContext.RunAsUser}:{pod.Spec.SecurityContext.RunAsGroup}".ShouldBe(Property("ContainerUser"));
    }

    [Theory]
    [InlineData("kubernetes/overlays/laptop/kustomization.yaml", "newTag: (?<version>.*)")]
    [InlineData("kubernetes/overlays/production/kustomization.yaml", "newTag: (?<version>.*)")]
    [InlineData("kubernetes/overlays/laptop/training/kustomization.yaml", "newTag: (?<version>.*)")]
    [InlineData("kubernetes/overlays/production/training/kustomization.yaml", "newTag: (?<version>.*)")]
    [InlineData("helm/Chart.yaml", "appVersion: (?<version>.*)")]
    [InlineData("compose.yaml", "image: moe-orleans:(?<version>.*)")]
    public void Each_deployment_has_the_version_of_this_repository(string file, string pattern)
    {
        var version = Version().Match(File.ReadAllText(Path.Combine(DeployFolder.Root, "Directory.Build.props"))).Groups["version"].Value;

        Regex.Match(File.ReadAllText(DeployFolder.At(file.Split('/'))), pattern).Groups["version"].Value.ShouldBe(version);
    }

    private static string Property(string name) => s_project.Descendants(name).Single().Value;

    private static IEnumerable<string> Item(string name) => s_project.Descendants(name).Select(item => item.Attribute("Include")!.Value);

    private static Dictionary<string, string> Values(string name) =>
        s_project.Descendants(name).ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Value")!.Value);

    [GeneratedRegex("<Version>(?<version>.*)</Version>")]
    private static partial Regex Version();
}
