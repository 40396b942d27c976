using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Bench;

/// <summary>The figures of <c>moe bench</c>. Scripts rely on their JSON form. A part that was not measured is null.</summary>
/// <param name="Machine">The machine that was measured.</param>
/// <param name="Rounds">Rounds of each measurement.</param>
/// <param name="Peak">What the machine can do.</param>
/// <param name="Kernels">Kernels against the peak.</param>
/// <param name="Steps">Steps with actors against the same by the bare kernels.</param>
/// <param name="Determinism">The reduction tree against a sum in any order.</param>
/// <param name="Memory">What a steady-state step allocates, and the resident set.</param>
/// <param name="Silos">Steps on several silos against the same in one process.</param>
/// <param name="Telemetry">What traces and metrics cost.</param>
/// <param name="Tls">What TLS between silos costs.</param>
/// <param name="Transfer">Samples by payload between processes against a copy by plain TCP.</param>
/// <param name="Plan">What <c>moe plan</c> expects against real steps.</param>
internal sealed record BenchResult(
    MachineRow Machine,
    int Rounds,
    PeakRow? Peak,
    IReadOnlyList<KernelRow>? Kernels,
    IReadOnlyList<StepRow>? Steps,
    IReadOnlyList<DeterminismRow>? Determinism,
    IReadOnlyList<MemoryRow>? Memory,
    IReadOnlyList<TelemetryRow>? Telemetry,
    IReadOnlyList<SilosRow>? Silos,
    IReadOnlyList<TlsRow>? Tls,
    IReadOnlyList<TransferRow>? Transfer,
    IReadOnlyList<PlanRow>? Plan);

internal sealed record MachineRow(string Processor, int Cores, int VectorBits, string Runtime, string Os)
{
    /// <summary>The machine of this process.</summary>
    public static MachineRow This => new(
        Bench.Processor.Name(),
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.OSDescription);
}

/// <summary>Peak rates: fused multiply-adds counted as two operations; bytes read.</summary>
internal sealed record PeakRow(Spread OneThreadGflops, int Threads, Spread AllThreadsGflops, Spread DramGBps, Spread DramAllThreadsGBps, Spread L2GBps);

/// <summary>A kernel on one thread.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="Milliseconds">Time of a full batch.</param>
/// <param name="Gflops">Billions of operations a second, by the median; null if arithmetic does not decide its time.</param>
/// <param name="ShareOfPeak">Share of the FMA peak measured in the same round.</param>
/// <param name="GBps">Billions of bytes moved a second, by the median.</param>
internal sealed record KernelRow(string Name, int Experts, Spread Milliseconds, double? Gflops, Spread? ShareOfPeak, double? GBps);

/// <summary>A step with actors in one silo, against the same step by the bare kernels, interleaved.</summary>
internal sealed record StepRow(
    string Name, int Experts, int Minibatch, int Threads, int Shards, string Routing, Spread ActorsMilliseconds, Spread BareMilliseconds, Spread Overhead);

/// <summary>The bare step with sums by the reduction tree, against the same step with each thread's sums in any order.</summary>
internal sealed record DeterminismRow(int Experts, int Threads, Spread TreeMilliseconds, Spread UnorderedMilliseconds, Spread Price);

/// <summary>Memory of a run with actors.</summary>
/// <param name="Experts">Number of experts.</param>
/// <param name="Shards">Number of shards.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="AllocatedKilobytesPerStep">Allocated in the whole process by a steady-state step, in units of 1,024 bytes.</param>
/// <param name="ResidentMegabytes">The process's resident set after the run, in units of 2^20 bytes.</param>
/// <param name="DatasetMegabytes">The data set's share of it: inputs, patch sums, labels and clusters.</param>
internal sealed record MemoryRow(int Experts, int Shards, int Threads, double AllocatedKilobytesPerStep, double ResidentMegabytes, double DatasetMegabytes);

/// <summary>What traces and metrics cost, with an exporter that does nothing.</summary>
/// <param name="Name">What is on.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="RecordingMicroseconds">The recordings of one step alone.</param>
/// <param name="ShareOfStep">Their median over the median of a step with telemetry off.</param>
/// <param name="AllocatedBytes">Allocated by the recordings of one step.</param>
/// <param name="StepMilliseconds">Mean time of a step of a whole run.</param>
/// <param name="Ratio">Over the step with telemetry off, of the same round.</param>
internal sealed record TelemetryRow(
    string Name, int Experts, int Threads, Spread RecordingMicroseconds, double ShareOfStep, double AllocatedBytes, Spread StepMilliseconds, Spread Ratio);

/// <summary>A step on silos in several processes, against the same step in one process, interleaved.</summary>
/// <param name="Silos">Number of silos; 1 is this process.</param>
/// <param name="Shards">Number of shards: one for each silo.</param>
/// <param name="Threads">Compute threads of each silo.</param>
/// <param name="Dispatch">How samples travel.</param>
/// <param name="CallsPerStep">Grain calls of a step, the replies not counted; null by payload, for which it depends on placement.</param>
/// <param name="Milliseconds">Time of a step.</param>
/// <param name="Ratio">Over the step in one process of the same round.</param>
internal sealed record SilosRow(int Silos, int Shards, int Threads, string Dispatch, double? CallsPerStep, Spread Milliseconds, Spread Ratio);

/// <summary>Samples sent by payload to an expert in another process, against a copy of as many bytes by plain TCP, interleaved.</summary>
/// <param name="ChunkKilobytes">Size of a chunk, and of one send by TCP, in units of 1,024 bytes.</param>
/// <param name="PayloadGBps">Billions of bytes of rows and labels a second, until the expert has them side by side.</param>
/// <param name="TcpGBps">Billions of bytes a second from array to array.</param>
/// <param name="Ratio">Payload over TCP, round by round.</param>
internal sealed record TransferRow(int ChunkKilobytes, Spread PayloadGBps, Spread TcpGBps, Spread Ratio);

/// <summary>Runs on silos that connect by TLS, against the same on silos that do not, interleaved.</summary>
/// <param name="Silos">Number of silos.</param>
/// <param name="Shards">Number of shards.</param>
/// <param name="Threads">Compute threads of each silo.</param>
/// <param name="Dispatch">How samples travel.</param>
/// <param name="PlainCpuMilliseconds">CPU time of all silos for a step, without TLS; of the whole run, divided by its steps.</param>
/// <param name="TlsCpuMilliseconds">The same with TLS.</param>
/// <param name="CpuRatio">With TLS over without, round by round.</param>
/// <param name="PlainMilliseconds">Time of a step without TLS: the median of a run.</param>
/// <param name="TlsMilliseconds">The same with TLS.</param>
/// <param name="Ratio">With TLS over without, round by round.</param>
internal sealed record TlsRow(
    int Silos, int Shards, int Threads, string Dispatch, Spread PlainCpuMilliseconds, Spread TlsCpuMilliseconds, Spread CpuRatio, Spread PlainMilliseconds, Spread TlsMilliseconds, Spread Ratio);

/// <summary>What <c>moe plan</c> expects of a step, over what real silos took, each with one thread.</summary>
/// <param name="Name">The specification.</param>
/// <param name="Silos">Number of silo processes.</param>
/// <param name="Shards">Number of shards.</param>
/// <param name="Dispatch">How samples travel.</param>
/// <param name="PlannedKilobytes">Bytes between silos that are expected, in units of 1,000.</param>
/// <param name="Bytes">The same over the bytes that were counted; null with one silo.</param>
/// <param name="PlannedCpuMilliseconds">CPU time of all silos that is expected.</param>
/// <param name="Cpu">The same over the CPU time of the processes.</param>
/// <param name="PlannedMilliseconds">Wall time that is expected.</param>
/// <param name="Wall">The same over the median step of silos that each have a core; null if there are fewer cores.</param>
internal sealed record PlanRow(
    string Name, int Silos, int Shards, string Dispatch, double PlannedKilobytes, double? Bytes, double PlannedCpuMilliseconds, Spread Cpu, double PlannedMilliseconds, Spread? Wall);
