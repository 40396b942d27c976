// Three silos on this machine, and the dashboard of .NET Aspire with their logs, metrics and traces:
//
//     dotnet run --project samples/AspireHost
//
// It prints the dashboard's address. Then, in another terminal, a run to look at:
//
//     ./moe train --connect 127.0.0.1:30101 --shards 3 --trace-steps 10%
using System.Globalization;

const int FirstSiloPort = 11201;
var builder = DistributedApplication.CreateBuilder(args);
var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
var silo = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "../../src/Silo/bin", configuration, "net10.0/moe-silo.dll"));

for (var i = 0; i < 3; i++)
{
    var name = $"silo-{i + 1}";
    builder.AddExecutable(name, "dotnet", builder.AppHostDirectory, silo)
        .WithEnvironment("MOE__NAME", name)
        .WithEnvironment("MOE__SILOPORT", Text(FirstSiloPort + i))
        .WithEnvironment("MOE__GATEWAYPORT", Text(30101 + i))
        .WithEnvironment("MOE__HTTPPORT", Text(8101 + i))
        .WithEnvironment("MOE__PRIMARY", "127.0.0.1:" + Text(FirstSiloPort))
        .WithOtlpExporter();
}

builder.Build().Run();

static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
