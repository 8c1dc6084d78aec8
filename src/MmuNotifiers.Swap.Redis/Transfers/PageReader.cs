using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>
/// Fetches pages: one GET each, all of a batch pipelined, into pooled memory. (MGET is faster, but gives every page an array of its own:
/// docs/swap-redis.md.) Only primaries are asked: a replica may not have the last write yet.
/// </summary>
/// <remarks>
/// A page that is gone or wrong is asked for a second time, after the layout of the cluster was: a primary that hung while its replica took over
/// answers for a moment as if it were still one.
/// </remarks>
internal sealed class PageReader(SwapConnection connection, SlotTable slots, Budget budget, SwapCounters counters, TimeSpan timeout)
    : TransferRounds(connection, slots, counters, timeout)
{
    protected override async Task SendAsync(PageBatch pages, int round, CancellationToken deadline)
    {
        List<PageBatch> groups = pages.SplitByGroup();
        if (groups.Count == 1)
        {
            await FetchAsync(groups[0], round, deadline).ConfigureAwait(false);
            return;
        }

        await Task.WhenAll(groups.Select(group => FetchAsync(group, round, deadline))).ConfigureAwait(false);
    }

    protected override void CountOutcome(SwapOutcome outcome) => Counters.Ended(outcome);

    private async Task FetchAsync(PageBatch pages, int round, CancellationToken deadline)
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
                Take(ref pages[index], answer, round);
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

    private void Take(ref SwapTransfer transfer, Task<Lease<byte>?> answer, int round)
    {
        if (!answer.IsCompletedSuccessfully)
        {
            Fail(ref transfer, Patience.FaultOf(answer));
            return;
        }

        SlotState state = Slots[transfer.Slot];
        using Lease<byte>? lease = answer.Result;
        string? wrong = lease is null
            ? "the key is gone"
            : PageFormat.Read(lease.Span, Connection.Identify(transfer.Slot, state.Incarnation, state.Generation), transfer.Bytes.Span);
        if (wrong is null)
        {
            transfer.Outcome = SwapOutcome.Success;
            transfer.Detail = null;
            return;
        }

        SwapOutcome verdict = lease is null ? SwapOutcome.Lost : SwapOutcome.Corrupt;
        Fail(ref transfer, new Fault(round == 0 ? SwapOutcome.Pending : verdict, MayHaveRun: true, wrong));
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
