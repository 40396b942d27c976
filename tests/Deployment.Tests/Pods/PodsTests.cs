using System.Diagnostics;

namespace MoeOrleans.Deployment.Tests.Pods;

/// <summary>
/// The image, in pods as the laptop overlay describes them, each in another network namespace, under the network policies: what a Kubernetes
/// cluster does to pods is done here by hand. Needs root on Linux, podman, runc, nftables and Redis.
/// </summary>
public sealed class PodsTests
{
    private const string Variable = "MOE_IMAGE";

    private static readonly string[] s_tools = ["kubectl", "ip", "nft", "podman", "runc", "redis-server", "curl"];

    // Long enough for what happens to it.
    private static readonly string[] s_run = ["--set", "training.stop.enabled=false", "--steps", "2000"];

    [Fact]
    public async Task A_run_survives_what_happens_to_pods_with_the_bits_of_one_process()
    {
        var image = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(image is not null, $"{Variable} names no image: CONTRIBUTING.md says how to make one");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Network namespaces need root on Linux");
        foreach (var tool in s_tools) Assert.SkipWhen(Rendering.Tool.Find(tool) is null, $"{tool} is not installed");
        await using var cluster = await PodCluster.Open(await Overlays.Render("laptop"), image);
        var begun = Stopwatch.GetTimestamp();
        var expected = await cluster.TrainAlone(s_run);
        Tell("trained in one process");

        // The Job is there before the silos: it waits for three of them.
        var job = cluster.Job(s_run);
        await cluster.Start(0, 1, 2);
        foreach (var number in (int[])[0, 1, 2]) await cluster.Ready(number);
        Tell("three silos are ready");
        await cluster.Active();

        await cluster.Start(3, 4);
        await cluster.Ready(4);
        await cluster.Stop(2, 3, 4);
        (await cluster.IsActive()).ShouldBeTrue("the run was over before the silos had moved: make it longer");
        Tell("scaled from three to five to two");

        await cluster.Start(2);
        await cluster.Ready(2);
        await cluster.DeleteJobPod(1);
        await cluster.Kill(0);
        await cluster.Start(0);
        await cluster.Ready(0);
        await cluster.Active();
        Tell("the Job's pod was deleted and the coordinator's silo killed; both are back, the silo at a new address, and the run has begun again");

        await cluster.Cut(2);
        await cluster.Logged(0, "is lost");
        await cluster.Heal(2);
        (await cluster.Ended(2)).ShouldBe(4);
        await cluster.Restart(2);
        await cluster.Ready(2);
        Tell("a silo was cut off, and came back after it had learned that it was declared dead");

        (await job).ShouldBeGreaterThan(1);
        Tell("the Job is complete");
        cluster.Result("first").GetProperty("weightsSha256").GetString().ShouldBe(expected);
        cluster.Result("first").GetProperty("recoveries").GetInt32().ShouldBeGreaterThan(0);
        // The same Job once more finds the result, without a cluster.
        await cluster.Stop(0, 1, 2);
        (await cluster.Job(s_run)).ShouldBe(1);
        cluster.Result("first").GetProperty("weightsSha256").GetString().ShouldBe(expected);

        void Tell(string what) => TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s: {what}");
    }
}
