// Trains a small mixture of experts on a silo in this process. Run it with: dotnet run --project samples/TrainFromCode
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// The specification: it alone decides the bits of the result. Fields that are not set have the paper's values;
// 'moe spec --describe' lists them all. Errors name the field and the allowed values.
var spec = new SpecificationBuilder()
    .Set("data.train=2000")
    .Set("data.test=500")
    .Set("model.experts=4")
    .Set("training.steps=100")
    .Build();

// The silo, as in any program with Orleans. UseLocalhostClustering makes it a cluster of one silo.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.Error);
builder.UseOrleans(silo => silo
    .UseLocalhostClustering(siloPort: 11311, gatewayPort: 30311)
    .AddMoeOrleans(options => options.Threads = Math.Min(2, Environment.ProcessorCount)));
using var host = builder.Build();
await host.StartAsync();

// The run: a client of another process would get it by TrainingClient.Connect("HOST:PORT").
var client = host.Services.GetRequiredService<TrainingClient>();
var deployment = new Deployment(Silos: 1, Shards: 2, Threads: 2, DispatchMode.Reference);
var run = await client.Start(spec, deployment);

await foreach (var step in run.Steps())
{
    if (step.Step % 25 == 0) Console.WriteLine($"step {step.Step}: loss {step.Loss:0.0000}, accuracy {step.Accuracy:0.00} %");
}

var result = await run.GetResult();
Console.WriteLine($"test accuracy {result.Summary.TestAccuracy:0.00} %");
Console.WriteLine($"weightsSha256 {result.Summary.WeightsSha256}");

await run.Delete();
await host.StopAsync();
