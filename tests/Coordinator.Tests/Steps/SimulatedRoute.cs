using System.Numerics;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>One call of a router, which keeps nothing between calls.</summary>
internal sealed class SimulatedRoute(SimulatedNetwork network, SimulatedCoordinator coordinator, StepCommand command)
{
    private const int PayloadAttempts = 3;

    private readonly int[] _samples = new int[network.Reference.Experts];
    private readonly uint[] _underWay = new uint[network.Reference.Experts];
    private readonly int[] _attempts = new int[network.Reference.Experts];
    private uint _awaited;
    private ulong _answers;
    private bool _ended;

    public StepCommand Command => command;

    public void Begin(ulong theta)
    {
        SimulatedNetwork.Require(theta == network.Reference.Theta(command.Step), "Theta is not that of the run without faults");
        for (var expert = 0; expert < _samples.Length; expert++)
        {
            _samples[expert] = BitOperations.PopCount(Samples(expert));
            if (_samples[expert] > 0 && (command.Only ?? expert) == expert)
                _awaited |= 1U << expert;
        }
        network.Trace?.Add($"coordinator {coordinator.Id} generation {command.Generation} routes {command.Step} {command.Range} only {command.Only}, attempt {command.Attempt}");
        for (var expert = 0; expert < _samples.Length; expert++)
        {
            if ((_awaited & (1U << expert)) == 0)
                continue;
            if (network.ByPayload) SendSamples(expert);
            else Dispatch(expert);
        }
    }

    public uint Samples(int expert) =>
        network.Reference.Samples(command.Step, expert) & ReferenceRun.SamplesOf(command.Range.Start, command.Range.Count);

    /// <summary>An expert has taken a chunk: after the last one it is dispatched to.</summary>
    public void Taken(int expert, uint samples)
    {
        if (_ended || (_underWay[expert] & samples) == 0)
            return;
        _underWay[expert] &= ~samples;
        if (_underWay[expert] == 0) Dispatch(expert);
    }

    public void SamplesMissing(int expert)
    {
        // While samples are under way a dispatch follows anyway.
        if (_ended || (_awaited & (1U << expert)) == 0 || _underWay[expert] != 0)
            return;
        if (_attempts[expert] == PayloadAttempts) Failed();
        else SendSamples(expert);
    }

    public void Answered(int expert, ulong answer)
    {
        if (_ended || (_awaited & (1U << expert)) == 0)
            return;
        _awaited &= ~(1U << expert);
        _answers += answer;
        if (_awaited != 0)
            return;
        _ended = true;
        network.Send(() => coordinator.RouteReplied(command, _samples, _answers));
    }

    public void Refused(int expert, DispatchKind kind)
    {
        if (_ended)
            return;
        _ended = true;
        network.Send(() => coordinator.DispatchRefused(command, expert, kind));
    }

    private void Dispatch(int expert) => network.Send(() => network.Expert(expert).Dispatch(this));

    private void SendSamples(int expert)
    {
        _attempts[expert]++;
        _underWay[expert] = Samples(expert);
        // A chunk for each sample: the finest cut there is.
        for (var left = Samples(expert); left != 0; left &= left - 1)
        {
            var chunk = left & (~left + 1);
            network.Send(() => network.Expert(expert).ReceiveSamples(this, chunk));
        }
    }

    public void Failed()
    {
        if (_ended)
            return;
        _ended = true;
        network.Send(() => coordinator.RouteFailed(command));
    }
}
