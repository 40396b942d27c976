using System.Collections.Immutable;

namespace MoeOrleans.Bench.Planning;

/// <summary>What a plan knows of a machine, as <see cref="ConstantsBench"/> measured it. A file of constants has this form, as JSON.</summary>
/// <param name="Format">Version of this form.</param>
/// <param name="Version">The program that measured, with its commit.</param>
/// <param name="Date">When.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Experts">Kernels of each kind of expert that was measured.</param>
/// <param name="Router">Kernels of the router.</param>
/// <param name="Optimisers">Optimisers, by the bytes that one silo's experts update.</param>
/// <param name="Actors">What grains and messages cost.</param>
internal sealed record MachineConstants(
    int Format, string Version, DateOnly Date, MachineRow Machine, ImmutableArray<ExpertConstants> Experts, RouterConstants Router, OptimiserConstants Optimisers,
    ActorConstants Actors)
{
    /// <summary>The form that this program reads and writes.</summary>
    public const int CurrentFormat = 1;
}

/// <summary>CPU time of an expert's forward pass, loss and backward pass, in nanoseconds.</summary>
/// <param name="Kind">Name of the kind of expert.</param>
/// <param name="PerOperation">An operation of <c>IExpertKind.OperationsPerSample</c>.</param>
/// <param name="PerSample">A sample: its loss, and finding its rows.</param>
/// <param name="PerParameter">A weight, for each block that has samples of the expert: its gradient is cleared, put in order and added.</param>
/// <param name="PerNumber">A number of a sample's rows.</param>
/// <param name="Activations">The activations of one unit, forward and backward, by name.</param>
internal sealed record ExpertConstants(string Kind, double PerOperation, double PerSample, double PerParameter, double PerNumber, ImmutableSortedDictionary<string, double> Activations);

/// <summary>CPU time of a router, in nanoseconds.</summary>
/// <param name="PerScoreOperation">An operation of the scores: 2 x experts x dim of them a sample.</param>
/// <param name="PerNoise">Noise and comparison of one score.</param>
/// <param name="PerProbability">A softmax gate: the probability of one expert.</param>
/// <param name="PerSample">A sample: gate, grouping, scatter.</param>
/// <param name="PerNumber">A number of the sum of a sample's patches.</param>
/// <param name="PerGradientOperation">An operation of the router's gradient.</param>
/// <param name="PerSum">A number of the router's sums, for each block.</param>
internal sealed record RouterConstants(double PerScoreOperation, double PerNoise, double PerProbability, double PerSample, double PerNumber, double PerGradientOperation, double PerSum);

/// <summary>CPU time of the optimisers, in nanoseconds a weight. Weights that do not fit into a cache take longer.</summary>
/// <param name="GradientDescent">Gradient descent.</param>
/// <param name="Adam">Adam.</param>
internal sealed record OptimiserConstants(RateBySize GradientDescent, RateBySize Adam);

/// <summary>CPU time of grains and messages in microseconds, other units as named.</summary>
/// <param name="Step">A step of a coordinator.</param>
/// <param name="Shard">A shard, in addition to its calls.</param>
/// <param name="LocalCall">A call within a silo.</param>
/// <param name="Caller">The caller's part of a call to another silo, sending and receiving included.</param>
/// <param name="Callee">The callee's part.</param>
/// <param name="Exchange">For each other silo that a silo exchanges messages with in a step.</param>
/// <param name="NanosecondsPerByteSent">Serialising and sending a byte.</param>
/// <param name="NanosecondsPerByteReceived">Receiving and reading a byte.</param>
/// <param name="RoundTrip">Time that passes in a call between two processes of one machine in addition to their CPU time: threads wake up.</param>
/// <param name="IdleShare">Share of a core that a silo uses while it has nothing to do.</param>
/// <param name="SiloMegabytes">Resident set of a silo that has trained a tiny run, in units of 2^20 bytes.</param>
/// <param name="BytesPerPeerSecond">Bytes that a silo sends to each other silo in a second without any run: probes and statistics.</param>
internal sealed record ActorConstants(
    double Step, double Shard, double LocalCall, double Caller, double Callee, double Exchange, double NanosecondsPerByteSent, double NanosecondsPerByteReceived,
    double RoundTrip, double IdleShare, double SiloMegabytes, double BytesPerPeerSecond);
