using System.Diagnostics;
using System.Text.RegularExpressions;
using MoeOrleans.Bench;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests;

/// <summary>A Redis with TLS, whose authority the system does not know, and with a user that has only the rights of docs/operations.md.</summary>
[Collection(SeveralSilos.Collection)]
public sealed partial class SecureRedisTests
{
    [ClusterFact]
    public async Task Silos_and_clients_use_it()
    {
        var program = ProgramsOnPath.Find("redis-server");
        Assert.SkipWhen(program is null, "No redis-server on PATH; on Debian: apt-get install -y redis-server");
        using var workspace = new Workspace();
        using var authority = CertificateAuthority.Create("redis authority", DateTimeOffset.UtcNow);
        using (var certificate = authority.Issue("localhost")) authority.Write(workspace.At("redis"), certificate);
        var rights = Rights().Match(await File.ReadAllTextAsync(Path.Combine(Repository(), "docs", "operations.md"), TestContext.Current.CancellationToken)).Groups["rights"].Value;
        workspace.Write("redis/users.acl", $"user default off\nuser moe on >se/cret@1 {rights}\n");
        var port = FreePorts.Find(1)[0];
        string[] arguments =
        [
            "--port", "0", "--tls-port", $"{port}", "--tls-cert-file", "tls.crt", "--tls-key-file", "tls.key", "--tls-ca-cert-file", "ca.crt", "--tls-auth-clients", "no",
            "--aclfile", "users.acl", "--bind", "127.0.0.1", "--save", "",
        ];
        using var redis = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = workspace.At("redis"), RedirectStandardOutput = true })!;
        try
        {
            await Run(workspace, $"rediss://moe:se%2Fcret%401@localhost:{port}");
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task Run(Workspace workspace, string connection)
    {
        KeyValuePair<string, string>[] environment = [new("MOE__REDIS", connection), new("SSL_CERT_FILE", workspace.At("redis", "ca.crt"))];
        var ports = FreePorts.Find(4);
        using var first = await Start(0);
        using var second = await Start(2);
        using var train = MoeProcess.StartWith(environment, workspace, [.. MoeProcess.SmallRun, "--json", "--connect", connection]);
        var run = await train.End();
        run.ExitCode.ShouldBe(0, string.Join('\n', run.Errors));
        run.Json.GetProperty("silos").GetInt32().ShouldBe(2);
        // The silo's place in the list is written again when it leaves, and the command deletes the list of silos that it started.
        await second.Signal("TERM");
        (await second.End()).ExitCode.ShouldBe(0);
        using var own = MoeProcess.StartWith(environment, workspace, [.. MoeProcess.SmallRun, "--json", "--silos", "2", "--clustering", "redis", "--redis", connection]);
        var with = await own.End();
        (with.ExitCode, with.Json.GetProperty("weightsSha256").GetString()).ShouldBe((0, run.Json.GetProperty("weightsSha256").GetString()), string.Join('\n', with.Errors));

        using var distrusting = MoeProcess.StartWith([], workspace, "runs", "--connect", connection);
        var refused = await distrusting.End();
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldHaveSingleItem().ShouldContain("its certificate is refused");

        async Task<MoeProcess> Start(int at)
        {
            var silo = MoeProcess.StartSilo(environment, workspace, "--silo-port", $"{ports[at]}", "--gateway-port", $"{ports[at + 1]}", "--http-port", "0", "--threads", "1", "--clustering", "redis");
            await silo.WaitForOutput("is ready");
            return silo;
        }
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MoeOrleans.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"^ACL SETUSER moe on >PASSWORD (?<rights>.+)$", RegexOptions.Multiline)]
    private static partial Regex Rights();
}
