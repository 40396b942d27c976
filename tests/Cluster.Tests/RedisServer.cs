using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using StackExchange.Redis;

namespace MoeOrleans.Cluster.Tests;

/// <summary>
/// A Redis of the tests' own, on a free port, which keeps nothing on disk: redis-server of the machine, or the .NET tool garnet-server.
/// Tests that need it are skipped where there is neither.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private const string HowToRun =
        "No redis-server on PATH; on Debian: apt-get install -y redis-server; elsewhere: dotnet tool install --global garnet-server, with ~/.dotnet/tools on PATH";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);

    private readonly string? _password;
    private Process? _process;
    private DirectoryInfo? _folder;
    private int _port;

    /// <summary>One that asks for no password, which the tests of a collection share.</summary>
    public RedisServer()
    {
    }

    private RedisServer(string password) => _password = password;

    /// <summary>Starts one for a single test.</summary>
    /// <param name="password">The password that it asks for.</param>
    public static async Task<RedisServer> Start(string password)
    {
        var server = new RedisServer(password);
        await server.InitializeAsync();
        _ = server.Connection;
        return server;
    }

    /// <summary>Ends the server.</summary>
    public void Kill() => _process!.Kill();

    /// <summary>Its connection string; skips the test where there is no Redis.</summary>
    public string Connection
    {
        get
        {
            if (_process is null) Assert.Skip(HowToRun);
            return _password is null ? Endpoint : $"{Endpoint},password={_password}";
        }
    }

    private string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public async ValueTask InitializeAsync()
    {
        var program = ProgramsOnPath.Find("redis-server") ?? ProgramsOnPath.Find("garnet-server");
        if (program is null) return;
        _port = FreePorts.Find(1)[0];
        _folder = Directory.CreateTempSubdirectory("moe-redis-");
        var port = _port.ToString(CultureInfo.InvariantCulture);
        string[] arguments = Path.GetFileName(program) == "redis-server"
            ? ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.FullName, .. _password is null ? (string[])[] : ["--requirepass", _password]]
            : ["--port", port, "--bind", "127.0.0.1", "--lua", .. _password is null ? (string[])[] : ["--auth", "Password", "--password", _password]];
        _process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(s_startLimit);
        while (!await Answers(limit.Token)) await Task.Delay(50, limit.Token);
    }

    /// <summary>Every key there is.</summary>
    public async Task<string[]> Keys()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Connection);
        return [.. redis.GetServer(Connection).Keys(pattern: "*").Select(key => key.ToString())];
    }

    /// <summary>Removes a cluster's key.</summary>
    public Task Forget(string clusterId) => RedisConnection.DeleteCluster(Connection, clusterId);

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder!.Delete(recursive: true);
    }

    private async Task<bool> Answers(CancellationToken cancelled)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, cancelled);
            return true;
        }
        catch (SocketException)
        {
            _process!.HasExited.ShouldBeFalse("redis-server ended");
            return false;
        }
    }
}
