using System.Numerics;
using MoeOrleans.Coordinator.Protocol;
using MoeOrleans.Grains.Protocol;

namespace MoeOrleans.Coordinator.Tests.Protocol;

/// <summary>One call of a router, which keeps nothing between calls.</summary>
internal sealed class SimulatedRoute(SimulatedNetwork network, SimulatedCoordinator coordinator, StepCommand command)
{
    private readonly int[] _samples = new int[network.Reference.Experts];
    private uint _awaited;
    private ulong _answers;
    private bool _ended;

    public StepCommand Command => command;

    public void Begin(ulong theta)
    {
        SimulatedNetwork.Require(theta == network.Reference.Theta(command.Step), "Theta is not that of the run without faults");
        var blocks = ReferenceRun.SamplesOf(command.Range.Start, command.Range.Count);
        for (var expert = 0; expert < _samples.Length; expert++)
        {
            _samples[expert] = BitOperations.PopCount(network.Reference.Samples(command.Step, expert) & blocks);
            if (_samples[expert] > 0 && (command.Only ?? expert) == expert)
                _awaited |= 1U << expert;
        }
        network.Trace?.Add($"coordinator {coordinator.Id} generation {command.Generation} routes {command.Step} {command.Range} only {command.Only}, attempt {command.Attempt}");
        for (var expert = 0; expert < _samples.Length; expert++)
        {
            if ((_awaited & (1U << expert)) == 0)
                continue;
            var to = expert;
            network.Send(() => network.Expert(to).Dispatch(this));
        }
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

    public void Failed()
    {
        if (_ended)
            return;
        _ended = true;
        network.Send(() => coordinator.RouteFailed(command));
    }
}
