using System.Net;
using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>
/// Writes under <see cref="RedisAcknowledgement.Replica"/>: the pages of one node go as MSETs, then one WAIT behind them, all pipelined on one
/// connection, since WAIT speaks of what its own connection wrote. These connections are apart from those of the reads, which would wait behind WAIT.
/// </summary>
/// <remarks>
/// The client reconnects by itself, and on a new connection WAIT counts replicas at once, whatever they have. So each connection is given a name that is used
/// only once, and the pipeline ends with the question for it:
/// <code>
/// once per connection   CLIENT SETNAME mmun-k            (awaited)
/// each time             MSET ...  MSET ...  WAIT n ms  CLIENT GETNAME
/// </code>
/// Commands keep their order. If the name at the end is <c>mmun-k</c>, everything since SETNAME went over the same connection; if it is another, nothing is
/// known of the pages, and they are sent again.
/// </remarks>
internal sealed class ReplicaWriter(
    SwapConnection connection, SlotTable slots, Budget budget, PageBuffers buffers, DiscardQueue discards, SwapCounters counters, RedisSwapOptions options)
    : PageWriter(connection, slots, budget, buffers, discards, counters, options.Timeout)
{
    /// <summary>WAIT must end before the client gives the command up.</summary>
    private readonly int _waitMilliseconds = (int)(options.AttemptTimeout.TotalMilliseconds * 0.7);

    private readonly NamedConnections _names = new();

    protected override async Task SendAsync(PageBatch pages, int round, CancellationToken deadline)
    {
        Dictionary<EndPoint, List<PageBatch>> nodes = [];
        foreach (PageBatch group in pages.SplitByGroup())
        {
            byte[] key = Connection.Keys.Page(group[0].Slot, Slots[group[0].Slot].Incarnation);
            if (Connection.FindWriteServer(key) is not { } server)
            {
                Fail(group, new Fault(SwapOutcome.Pending, MayHaveRun: false, "no primary serves the key"));
                continue;
            }

            if (!nodes.TryGetValue(server.EndPoint, out List<PageBatch>? groups))
            {
                nodes[server.EndPoint] = groups = [];
            }

            groups.Add(group);
        }

        await Task.WhenAll(nodes.Select(node => StoreAsync(Connection.WriteServer(node.Key), node.Value, deadline))).ConfigureAwait(false);
    }

    private async Task StoreAsync(IServer server, List<PageBatch> groups, CancellationToken deadline)
    {
        (string? name, Fault fault) = await _names.NameAsync(server, deadline).ConfigureAwait(false);
        if (name is null)
        {
            groups.ForEach(group => Fail(group, fault with { MayHaveRun = false }));
            return;
        }

        List<PageMessage> messages = new(groups.Count);
        foreach (PageBatch group in groups)
        {
            if (await PrepareAsync(group, deadline).ConfigureAwait(false) is { } message)
            {
                message.Send(server);
                messages.Add(message);
            }
        }

        if (messages.Count == 0)
        {
            return;
        }

        Task<RedisResult> confirmed = Calls.Start(() => server.ExecuteAsync("WAIT", [options.Replicas, _waitMilliseconds], CommandFlags.NoRedirect));
        Task<RedisResult> nameAtEnd = Calls.Start(() => server.ExecuteAsync("CLIENT", ["GETNAME"], CommandFlags.NoRedirect));
        await Patience.WaitAsync(nameAtEnd, deadline).ConfigureAwait(false);
        Fault? unconfirmed = Judge(server, name, confirmed, nameAtEnd);
        foreach (PageMessage message in messages)
        {
            Settle(message, unconfirmed);
        }
    }

    /// <summary>Why the replicas' confirmation is not there, or does not count; null when it does.</summary>
    private Fault? Judge(IServer server, string name, Task<RedisResult> confirmed, Task<RedisResult> nameAtEnd)
    {
        foreach (Task<RedisResult> answer in (ReadOnlySpan<Task<RedisResult>>)[confirmed, nameAtEnd])
        {
            if (!answer.IsCompletedSuccessfully)
            {
                Fault fault = answer.IsCompleted ? Patience.FaultOf(answer) : Fault.NoAnswer;
                _names.Forget(server.EndPoint, name);

                // Whatever WAIT was refused for (a primary that became a replica meanwhile), the pages may be stored, and elsewhere it may go better.
                return fault with { Outcome = SwapOutcome.Pending, MayHaveRun = true };
            }
        }

        if ((string?)nameAtEnd.Result != name)
        {
            _names.Forget(server.EndPoint, name);
            return new Fault(SwapOutcome.Pending, MayHaveRun: true, "the connection changed before the replicas confirmed");
        }

        int replicas = (int)confirmed.Result;
        return replicas >= options.Replicas
            ? null
            : new Fault(SwapOutcome.Pending, MayHaveRun: true, $"the primary has it, but {replicas} of {options.Replicas} replicas confirmed it");
    }

    private void Settle(PageMessage message, Fault? unconfirmed)
    {
        if (!message.Answer.IsCompleted)
        {
            Fail(message.Pages, Fault.NoAnswer);
        }
        else if (!message.Answer.IsCompletedSuccessfully)
        {
            Fail(message.Pages, Patience.FaultOf(message.Answer));
        }
        else if (unconfirmed is { } fault)
        {
            Fail(message.Pages, fault);
        }
        else
        {
            Succeed(message.Pages);
        }
    }
}
