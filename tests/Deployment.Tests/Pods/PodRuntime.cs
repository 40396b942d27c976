using System.Globalization;
using k8s.Models;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests.Pods;

/// <summary>
/// Runs a pod's container by podman and runc as its manifest says: command, environment, user, read-only file system, capabilities, default
/// seccomp profile, memory limit, volumes. Images and containers are in a temporary folder.
/// </summary>
internal sealed class PodRuntime : IAsyncDisposable
{
    // Works without the right to raise limits, and without systemd.
    private const string Settings = """
        [containers]
        default_ulimits = ["nofile=4096:4096", "nproc=4000:4000"]
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        """;

    private readonly Workspace _workspace = new();
    private readonly Manifest _manifest;
    private readonly List<string> _containers = [];
    private string _image = "";

    private PodRuntime(Manifest manifest) => _manifest = manifest;

    /// <summary>The folder of a claim.</summary>
    public string Claim(string name) => _workspace.At("claims", name);

    /// <summary>Loads the image.</summary>
    /// <param name="manifest">The pods, and what they refer to.</param>
    /// <param name="archive">The image in a file.</param>
    public static async Task<PodRuntime> Open(Manifest manifest, string archive)
    {
        var runtime = new PodRuntime(manifest);
        runtime._workspace.Write("containers.conf", Settings);
        var loaded = await runtime.Podman("load", "--quiet", "--input", archive);
        runtime._image = loaded[(loaded.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim();
        return runtime;
    }

    /// <summary>Starts a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="place">Its network.</param>
    /// <param name="hosts">Names that DNS would know, and their addresses.</param>
    /// <param name="arguments">More arguments.</param>
    public async Task Start(Pod pod, string name, Place place, IReadOnlyDictionary<string, string> hosts, params string[] arguments)
    {
        var (container, security) = (pod.Containers.ShouldHaveSingleItem(), pod.Spec.SecurityContext);
        List<string> options =
        [
            "run", "--detach", "--name", name, "--hostname", name, "--pull", "never", "--network", $"ns:/run/netns/{place.Namespace}",
            "--user", $"{security.RunAsUser}:{security.RunAsGroup}", "--memory", container.Resources.Limits["memory"].ToDecimal().ToString(CultureInfo.InvariantCulture),
            "--entrypoint", $"[{string.Join(", ", container.Command.Select(word => $"\"{word}\""))}]",
        ];
        if (container.SecurityContext.ReadOnlyRootFilesystem == true) options.AddRange(["--read-only", "--read-only-tmpfs=false"]);
        if (container.SecurityContext.AllowPrivilegeEscalation == false) options.AddRange(["--security-opt", "no-new-privileges"]);
        options.AddRange(container.SecurityContext.Capabilities.Drop.SelectMany(right => (string[])["--cap-drop", right]));
        options.AddRange(PodEnvironment.Of(_manifest, container, name, place.Address).SelectMany(pair => (string[])["--env", $"{pair.Key}={pair.Value}"]));
        options.AddRange(hosts.SelectMany(host => (string[])["--add-host", $"{host.Key}:{host.Value}"]));
        foreach (var mount in container.VolumeMounts)
        {
            var volume = pod.Spec.Volumes.Single(volume => volume.Name == mount.Name);
            options.AddRange(volume.EmptyDir is { } memory
                ? ["--tmpfs", $"{mount.MountPath}:rw,mode=1777,size={memory.SizeLimit.ToDecimal().ToString(CultureInfo.InvariantCulture)}"]
                : ["--volume", $"{await Folder(volume.PersistentVolumeClaim.ClaimName, security)}:{mount.MountPath}"]);
        }

        _containers.Add(name);
        await Podman([.. options, _image, .. container.Args ?? [], .. arguments]);
    }

    /// <summary>Runs the image's command in a place without a pod, and gives its output.</summary>
    public Task<string> Run(Place place, params string[] command) => Podman(["run", "--rm", "--pull", "never", "--network", $"ns:/run/netns/{place.Namespace}", _image, .. command]);

    /// <summary>Runs a command in a pod, and gives its output.</summary>
    public Task<string> Execute(string name, params string[] command) => Podman(["exec", name, .. command]);

    /// <summary>Waits for the end of a pod; its exit code.</summary>
    public async Task<int> Wait(string name) => int.Parse(await Podman("wait", "--interval", "100ms", name), CultureInfo.InvariantCulture);

    /// <summary>What a pod has logged.</summary>
    public async Task<string> Log(string name)
    {
        var result = await Tool.Try("podman", [.. Here, "logs", name]);
        return result.Output + string.Join("", result.Errors);
    }

    /// <summary>What all pods have logged.</summary>
    public async Task<string> Logs() => string.Join('\n', await Task.WhenAll(_containers.Select(async name => $"{name}:\n{await Log(name)}")));

    /// <summary>Stops a pod as the kubelet does: SIGTERM, and SIGKILL after the grace period.</summary>
    public async Task Stop(string name, long graceSeconds)
    {
        await Podman("stop", "--time", graceSeconds.ToString(CultureInfo.InvariantCulture), name);
        await Remove(name);
    }

    /// <summary>Ends a pod at once.</summary>
    public async Task Remove(string name)
    {
        await Podman("rm", "--force", "--time", "0", name);
        _containers.Remove(name);
    }

    /// <summary>Asks a pod to end, and does not wait.</summary>
    public Task Signal(string name) => Podman("kill", "--signal", "TERM", name);

    /// <summary>Starts the container of a pod again, after it has ended.</summary>
    public Task Restart(string name) => Podman("start", name);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _containers.ToArray()) await Tool.Try("podman", [.. Here, "rm", "--force", "--time", "0", name]);
        await Tool.Try("podman", [.. Here, "rmi", "--all", "--force"]);
        // Its storage may be mounted on itself.
        await Tool.Try("umount", "--recursive", _workspace.At("storage", "overlay"));
        _workspace.Dispose();
    }

    private string[] Here => ["--root", _workspace.At("storage"), "--runroot", _workspace.At("run"), "--tmpdir", _workspace.At("tmp")];

    private Task<string> Podman(params string[] arguments) => Tool.RunWith([KeyValuePair.Create("CONTAINERS_CONF", _workspace.At("containers.conf"))], "podman", [.. Here, .. arguments]);

    // As fsGroup does.
    private async Task<string> Folder(string claim, V1PodSecurityContext security)
    {
        Directory.CreateDirectory(Claim(claim));
        await Tool.Run("chown", $"root:{security.FsGroup}", Claim(claim));
        await Tool.Run("chmod", "2775", Claim(claim));
        return Claim(claim);
    }
}
