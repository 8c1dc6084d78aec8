namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Writes under <see cref="RedisAcknowledgement.Primary"/>: all groups at once, each in one command, each for itself.</summary>
internal sealed class PrimaryWriter(
    SwapConnection connection, SlotTable slots, Budget budget, PageBuffers buffers, DiscardQueue discards, SwapCounters counters, TimeSpan timeout)
    : PageWriter(connection, slots, budget, buffers, discards, counters, timeout)
{
    protected override async Task SendAsync(PageBatch pages, int round, CancellationToken deadline)
    {
        // While a slot of the cluster moves from node to node, a command over several of its keys is refused for as long as they lie apart (TRYAGAIN).
        List<PageBatch> groups = round == 0 ? pages.SplitByGroup() : pages.SplitByPage();
        if (groups.Count == 1)
        {
            await StoreAsync(groups[0], deadline).ConfigureAwait(false);
            return;
        }

        await Task.WhenAll(groups.Select(group => StoreAsync(group, deadline))).ConfigureAwait(false);
    }

    private async Task StoreAsync(PageBatch group, CancellationToken deadline)
    {
        if (await PrepareAsync(group, deadline).ConfigureAwait(false) is not { } message)
        {
            return;
        }

        message.Send(Connection.Database);
        await Patience.WaitAsync(message.Answer, deadline).ConfigureAwait(false);
        if (message.Answer.IsCompletedSuccessfully)
        {
            Succeed(group);
        }
        else
        {
            Fail(group, message.Answer.IsCompleted ? Patience.FaultOf(message.Answer) : Fault.NoAnswer);
        }
    }
}
