using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>
/// Fetches pages: one GET each, all of a batch pipelined, into pooled memory. (MGET is no faster, and gives every page an array of its own:
/// docs/swap-redis.md.) Only primaries are asked: a replica may not have the last write yet.
/// </summary>
internal sealed class PageReader(SwapConnection connection, SlotTable slots, Budget budget, SwapCounters counters, TimeSpan timeout)
    : TransferRounds(connection, slots, counters, timeout)
{
    protected override async Task SendAsync(PageBatch pages, int round, CancellationToken deadline)
    {
        List<PageBatch> groups = pages.SplitByGroup();
        if (groups.Count == 1)
        {
            await FetchAsync(groups[0], deadline).ConfigureAwait(false);
            return;
        }

        await Task.WhenAll(groups.Select(group => FetchAsync(group, deadline))).ConfigureAwait(false);
    }

    protected override void CountOutcome(SwapOutcome outcome) => Counters.Ended(outcome);

    private async Task FetchAsync(PageBatch pages, CancellationToken deadline)
    {
        Budget.Permits? permits = await budget.AcquireAsync(pages.Count, deadline).ConfigureAwait(false);
        if (permits is null)
        {
            return;
        }

        var answers = new Task<Lease<byte>?>?[pages.Count];
        for (int index = 0; index < answers.Length; index++)
        {
            answers[index] = Ask(ref pages[index]);
        }

        bool allAnswered = true;
        for (int index = 0; index < answers.Length; index++)
        {
            if (answers[index] is not { } answer)
            {
                continue;
            }

            await Patience.WaitAsync(answer, deadline).ConfigureAwait(false);
            if (answer.IsCompleted)
            {
                Take(ref pages[index], answer);
                answers[index] = null;
            }
            else
            {
                Fail(ref pages[index], Fault.NoAnswer);
                allAnswered = false;
            }
        }

        if (allAnswered)
        {
            permits.Dispose();
        }
        else
        {
            _ = LetGoAsync(answers, permits);
        }
    }

    /// <summary>Sends the question for a page; null when the slot holds none.</summary>
    private Task<Lease<byte>?>? Ask(ref SwapTransfer transfer)
    {
        SlotState state = Slots[transfer.Slot];
        if (!state.HoldsPage)
        {
            transfer.Outcome = SwapOutcome.Lost;
            transfer.Detail = Describe(transfer.Slot, state.Incarnation, "the slot holds no page");
            return null;
        }

        Counters.Message();
        return Connection.FetchAsync(Connection.Keys.Page(transfer.Slot, state.Incarnation));
    }

    private void Take(ref SwapTransfer transfer, Task<Lease<byte>?> answer)
    {
        SlotState state = Slots[transfer.Slot];
        if (!answer.IsCompletedSuccessfully)
        {
            Fail(ref transfer, Patience.FaultOf(answer));
            return;
        }

        using Lease<byte>? lease = answer.Result;
        if (lease is null)
        {
            transfer.Outcome = SwapOutcome.Lost;
            transfer.Detail = Describe(transfer.Slot, state.Incarnation, "the key is gone");
            return;
        }

        PageIdentity identity = Connection.Identify(transfer.Slot, state.Incarnation, state.Generation);
        string? wrong = PageFormat.Read(lease.Span, identity, transfer.Bytes.Span);
        transfer.Outcome = wrong is null ? SwapOutcome.Success : SwapOutcome.Corrupt;
        transfer.Detail = wrong is null ? null : Describe(transfer.Slot, state.Incarnation, wrong);
    }

    private void Fail(ref SwapTransfer transfer, in Fault fault) => Note(ref transfer, Slots[transfer.Slot].Incarnation, fault);

    /// <summary>Gives memory and permits back when answers come that nobody waits for any more.</summary>
    private static async Task LetGoAsync(Task<Lease<byte>?>?[] answers, Budget.Permits permits)
    {
        foreach (Task<Lease<byte>?>? answer in answers)
        {
            if (answer is null)
            {
                continue;
            }

            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answer.IsCompletedSuccessfully)
            {
                answer.Result?.Dispose();
            }
        }

        permits.Dispose();
    }
}
