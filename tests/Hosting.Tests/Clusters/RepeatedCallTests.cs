using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Hosting.Tests.Clusters;

/// <summary>A lost call is repeated through the next gateway, for two minutes; a cluster that has ended is told at once.</summary>
public sealed class RepeatedCallTests
{
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly List<string> _told = [];

    [Fact]
    public void After_each_failure_it_is_the_next_gateways_turn_and_a_gateway_that_left_the_list_loses_it()
    {
        var turn = new GatewayTurn();
        var (first, second, third) = (Gateway(1), Gateway(2), Gateway(3));
        turn.Choose([first, second, third]).ShouldBe(first);
        turn.Choose([first, second, third]).ShouldBe(first);
        turn.Next();
        turn.Choose([first, second, third]).ShouldBe(second);
        turn.Next();
        turn.Next();
        turn.Choose([first, second, third]).ShouldBe(first);
        turn.Choose([second, third]).ShouldBe(second);
        turn.Choose([]).ShouldBeNull();
    }

    [Fact]
    public async Task A_call_is_repeated_for_two_minutes_while_a_gateway_accepts_connections_and_the_user_reads_one_sentence()
    {
        using var open = new TcpListener(IPAddress.Loopback, 0);
        open.Start();
        var turn = Turn(Gateway(FreePorts.Find(1)[0]), Gateway(((IPEndPoint)open.LocalEndpoint).Port));
        var calls = 0;
        var call = new ClusterCalls(_time, turn, _told.Add).Small.Run<int>(
            _ =>
            {
                calls++;
                // As long as a call through a silo that hangs takes.
                _time.Advance(ClusterCalls.ResponseTimeout);
                throw new TimeoutException("Response did not arrive on time");
            },
            TestContext.Current.CancellationToken);
        await Advance(call);

        (await Should.ThrowAsync<TimeoutException>(call)).Message.ShouldBe("the cluster has not answered for 2 minutes: it did not answer in time");
        calls.ShouldBeInRange(20, 24);
        _told.ShouldBe(["the cluster does not answer; trying again for up to 2 minutes"]);
    }

    [Fact]
    public async Task A_cluster_whose_silos_all_refuse_connections_has_ended()
    {
        var ports = FreePorts.Find(2);
        var call = new ClusterCalls(_time, Turn(Gateway(ports[0]), Gateway(ports[1])), _told.Add).Small.Run<int>(
            _ => throw new SiloUnavailableException("gone"), TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<InvalidOperationException>(call)).Message.ShouldBe("the cluster has ended: every silo that it had refuses connections");
        _told.ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_call_that_failed_is_repeated_through_the_next_gateway()
    {
        using var open = new TcpListener(IPAddress.Loopback, 0);
        open.Start();
        Uri[] gateways = [Gateway(((IPEndPoint)open.LocalEndpoint).Port), Gateway(1), Gateway(2)];
        var turn = Turn(gateways);
        var used = new List<Uri?>();
        var call = new ClusterCalls(_time, turn, _told.Add).Small.Run(
            _ =>
            {
                used.Add(turn.Choose(gateways));
                return used.Count < 5 ? throw new SiloUnavailableException("gone") : Task.FromResult(7);
            },
            TestContext.Current.CancellationToken);
        await Advance(call);
        (await call).ShouldBe(7);
        used.ShouldBe([gateways[0], gateways[1], gateways[2], gateways[0], gateways[1]]);
    }

    [Fact]
    public async Task A_short_loss_is_not_told()
    {
        var calls = 0;
        var call = new ClusterCalls(_time, waiting: _told.Add).Small.Run(
            _ => ++calls < 3 ? throw new SiloUnavailableException("moving") : Task.FromResult(7), TestContext.Current.CancellationToken);
        await Advance(call);
        (await call).ShouldBe(7);
        _told.ShouldBeEmpty();
    }

    private static Uri Gateway(int port) => new($"gwy.tcp://127.0.0.1:{port}/0");

    private static GatewayTurn Turn(params Uri[] gateways)
    {
        var turn = new GatewayTurn();
        turn.Choose(gateways);
        return turn;
    }

    private async Task Advance(Task call)
    {
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
