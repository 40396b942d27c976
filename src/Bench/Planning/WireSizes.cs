using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace MoeOrleans.Bench.Planning;

/// <summary>
/// Bytes of a call between silos. The body is made by the serializer that silos use, from a message of the planned shape. The header is a
/// formula: Orleans makes it inside the connection. <c>PlannedTrafficTests</c> holds both to the bytes of real clusters.
/// </summary>
internal sealed class WireSizes : IDisposable
{
    /// <summary>Two lengths of four bytes precede the header of a message.</summary>
    private const int Lengths = 8;

    /// <summary>Header of a request without the names of grains and interface: flags, id, two addresses (IPv4), hashes, time to live.</summary>
    private const int RequestHeader = 75;

    /// <summary>The same of a reply, which names no interface.</summary>
    private const int ReplyHeader = 70;

    /// <summary>The names of types in headers.</summary>
    private const string CoordinatorType = "moe.coordinator";

    private static readonly Type[] s_calls = [.. typeof(IExpertGrain).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(IInvokable).IsAssignableFrom(type))];

    private readonly ServiceProvider _services;
    private readonly Serializer<object> _serializer;
    private readonly string _runId;

    /// <param name="runId">A run id of the length that runs have.</param>
    public WireSizes(string runId)
    {
        _runId = runId;
        _services = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(IExpertGrain).Assembly)).BuildServiceProvider();
        _serializer = _services.GetRequiredService<Serializer<object>>();
    }

    /// <summary>A reply without a result.</summary>
    public static int EmptyBody => 3;

    /// <summary>Bytes of a call of a coordinator to a router, and of its reply.</summary>
    public CallBytes Route(int shard, RouteRequest request, RouteReply reply) =>
        Call<IRouterGrain>(nameof(IRouterGrain.Route), request, Body(reply), FromCoordinator(GrainKeys.RouterType, shard));

    /// <summary>Bytes of a call of a coordinator to an expert to commit, and of its reply.</summary>
    public CallBytes Commit(int expert, CommitRequest request, CommitReply reply) =>
        Call<IExpertGrain>(nameof(IExpertGrain.Commit), request, Body(reply), FromCoordinator(GrainKeys.ExpertType, expert));

    /// <summary>Bytes of a dispatch of a router to an expert, and of its reply.</summary>
    public CallBytes Dispatch(int shard, int expert, DispatchRequest request, DispatchReply reply) =>
        Call<IExpertGrain>(nameof(IExpertGrain.Dispatch), request, Body(reply), FromRouter(shard, expert));

    /// <summary>Bytes of a chunk of samples, and of its reply.</summary>
    public CallBytes Samples(int shard, int expert, SampleChunk chunk) =>
        Call<IExpertGrain>(nameof(IExpertGrain.ReceiveSamples), chunk, EmptyBody, FromRouter(shard, expert));

    public void Dispose() => _services.Dispose();

    private int FromCoordinator(string type, int index) => CoordinatorType.Length + _runId.Length + type.Length + GrainKeys.Of(_runId, index).Length;

    private int FromRouter(int shard, int expert) =>
        GrainKeys.RouterType.Length + GrainKeys.Of(_runId, shard).Length + GrainKeys.ExpertType.Length + GrainKeys.Of(_runId, expert).Length;

    private CallBytes Call<TGrain>(string method, object argument, int replyBody, int names)
    {
        var type = s_calls.Single(type => type.GetField("MethodBackingField", BindingFlags.NonPublic | BindingFlags.Static) is not null && Is(type, typeof(TGrain), method));
        var call = (IInvokable)Activator.CreateInstance(type)!;
        call.SetArgument(0, argument);
        var alias = typeof(TGrain).GetCustomAttribute<AliasAttribute>()!.Alias;
        return new CallBytes(Lengths + RequestHeader + names + alias.Length + Body(call), Lengths + ReplyHeader + names + replyBody);
    }

    private static bool Is(Type type, Type grain, string method)
    {
        var call = (IInvokable)Activator.CreateInstance(type)!;
        return call.GetInterfaceType() == grain && call.GetMethodName() == method;
    }

    private int Body(object message) => _serializer.SerializeToArray(message).Length;
}

/// <summary>Bytes of a call between silos.</summary>
/// <param name="Request">The request, with its header.</param>
/// <param name="Reply">The reply, with its header.</param>
internal readonly record struct CallBytes(long Request, long Reply);
