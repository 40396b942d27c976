using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Hosting.Tests.Processes;

/// <summary>A silo is ready when it says so itself.</summary>
public sealed class DetachedSiloTests
{
    [Fact]
    public async Task What_another_program_answers_at_its_port_does_not_make_it_ready()
    {
        using var workspace = new Workspace();
        workspace.Write("silo.log", "moe-silo: --http-port: port 8080 is in use at 127.0.0.1; choose another\n");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var answers = 0;
        _ = AnswerAll(other, () => answers++, TestContext.Current.CancellationToken);
        // It ends soon, as a silo does that finds its port taken.
        using var process = Process.Start(new ProcessStartInfo(OperatingSystem.IsWindows() ? "ping" : "sleep", OperatingSystem.IsWindows() ? "-n 2 127.0.0.1" : "1"))!;
        var setup = new SiloProcessOptions("silo-1", "moe", 1, 1, ((IPEndPoint)other.LocalEndpoint).Port, 1, null, 1);
        var silo = new DetachedSilo(setup, process.Id, ProcessIdentity.Of(process.Id)!);

        var failure = await Should.ThrowAsync<SiloStartException>(silo.WaitUntilReady(workspace.At("silo.log"), TimeProvider.System, TestContext.Current.CancellationToken));

        failure.Message.ShouldBe("silo silo-1 did not start: --http-port: port 8080 is in use at 127.0.0.1; choose another");
        answers.ShouldBePositive();
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_not_asked_for_this_machine()
    {
        using var workspace = new Workspace();
        using var own = new TcpListener(IPAddress.Loopback, 0);
        own.Start();
        _ = AnswerAll(own, () => { }, TestContext.Current.CancellationToken, $"Moe-Process: {Environment.ProcessId}\r\n");
        var setup = new SiloProcessOptions("silo-1", "moe", 1, 1, ((IPEndPoint)own.LocalEndpoint).Port, 1, null, 1);
        var silo = new DetachedSilo(setup, Environment.ProcessId, ProcessIdentity.Of(Environment.ProcessId)!);
        var proxy = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy("http://127.0.0.1:9");
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(20));
            await silo.WaitUntilReady(workspace.At("silo.log"), TimeProvider.System, limit.Token);
        }
        finally
        {
            HttpClient.DefaultProxy = proxy;
        }
    }

    private static async Task AnswerAll(TcpListener listener, Action answered, CancellationToken cancelled, string headers = "")
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(cancelled);
            await using var stream = client.GetStream();
            if (await stream.ReadAsync(new byte[4096], cancelled) == 0) continue;
            answered();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{headers}Content-Length: 7\r\nConnection: close\r\n\r\nHealthy"), cancelled);
        }
    }
}
