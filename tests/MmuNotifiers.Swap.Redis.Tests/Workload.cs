namespace MmuNotifiers.Swap.Redis.Tests;

/// <summary>
/// Random writes, reads and discards of slots of its own, against a model of what each slot must hold. What was acknowledged must come back; what was refused may
/// be anything but other bytes.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="number">Which of the workloads over the store; each has its slots.</param>
/// <param name="slotCount">How many slots it uses.</param>
internal sealed class Workload(ISwapStore store, int number, int slotCount)
{
    private const int MostPages = 48;
    private const int Empty = -1;
    private const int Unknown = -2;

    private readonly Random _random = new(number);

    /// <summary>The version that each slot holds, or <see cref="Empty"/> or <see cref="Unknown"/>.</summary>
    private readonly int[] _versions = [.. Enumerable.Repeat(Empty, slotCount)];

    private int _version;
    private int _operations;

    /// <summary>Pages transferred or discarded so far.</summary>
    public int Operations => Volatile.Read(ref _operations);

    /// <summary>Pages whose write or read was not possible for the moment.</summary>
    public int Refused { get; private set; }

    /// <summary>Acknowledged pages that a read found gone.</summary>
    public int Gone { get; private set; }

    private long First => (long)number * slotCount;

    public async Task RunUntilAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await StepAsync();
        }
    }

    public async Task RunAsync(int operations)
    {
        while (Operations < operations)
        {
            await StepAsync();
        }
    }

    /// <summary>Reads every slot once more.</summary>
    /// <returns>How many acknowledged pages are gone, with those that were found before.</returns>
    public async Task<int> VerifyAsync()
    {
        for (int start = 0; start < slotCount; start += MostPages)
        {
            await ReadAsync([.. Enumerable.Range(start, Math.Min(MostPages, slotCount - start))], patient: true);
        }

        return Gone;
    }

    private async Task StepAsync()
    {
        int[] slots = Choose();
        switch (_random.Next(10))
        {
            case < 5:
                await WriteAsync(slots);
                break;
            case < 9:
                await ReadAsync(slots, patient: false);
                break;
            default:
                store.Discard([.. slots.Select(slot => First + slot)]);
                Array.ForEach(slots, slot => _versions[slot] = Empty);
                break;
        }

        Volatile.Write(ref _operations, _operations + slots.Length);
    }

    /// <summary>Neighbours as often as scattered slots, in any order.</summary>
    private int[] Choose()
    {
        int count = _random.Next(1, MostPages + 1);
        int start = _random.Next(slotCount - count);
        return _random.Next(2) == 0
            ? [.. Enumerable.Range(start, count)]
            : [.. Enumerable.Range(0, count).Select(_ => _random.Next(slotCount)).Distinct()];
    }

    private async Task WriteAsync(int[] slots)
    {
        int version = ++_version;
        SwapTransfer[] written = await Pages.WriteAsync(store, slots.Select(slot => First + slot), version);
        foreach (SwapTransfer transfer in written)
        {
            bool stored = transfer.Outcome == SwapOutcome.Success;
            Assert.True(stored || transfer.Outcome is SwapOutcome.Unavailable or SwapOutcome.NoSpace, $"{transfer.Outcome}: {transfer.Detail}");
            _versions[transfer.Slot - First] = stored ? version : Unknown;
            Refused += stored ? 0 : 1;
        }
    }

    private async Task ReadAsync(int[] slots, bool patient)
    {
        SwapTransfer[] read = await Pages.ReadAsync(store, slots.Select(slot => First + slot));
        foreach (SwapTransfer transfer in read)
        {
            Judge(transfer, patient);
        }
    }

    private void Judge(SwapTransfer transfer, bool patient)
    {
        ref int version = ref _versions[transfer.Slot - First];
        if (transfer.Outcome == SwapOutcome.Success)
        {
            // A slot whose write failed holds anything or nothing, but what reads as a page is one that was written there.
            bool right = version >= 0
                ? Pages.Holds(transfer, version)
                : version == Unknown && Enumerable.Range(0, _version + 1).Any(candidate => Pages.Holds(transfer, candidate));
            Assert.True(right, $"slot {transfer.Slot} must hold version {version}, and came back with other bytes");
        }
        else if (transfer.Outcome is SwapOutcome.Lost or SwapOutcome.Corrupt)
        {
            Gone += version >= 0 ? 1 : 0;
            version = Unknown;
        }
        else
        {
            Assert.True(transfer.Outcome == SwapOutcome.Unavailable && !patient, $"{transfer.Outcome}: {transfer.Detail}");
            Refused++;
        }
    }
}
