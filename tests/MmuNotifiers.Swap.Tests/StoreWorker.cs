namespace MmuNotifiers.Swap.Tests;

/// <summary>
/// Uses some slots of a store at random and knows what each must hold: the model of fault tests. A slot is empty, known by the version that was written
/// last, or unknown after a write that failed.
/// </summary>
internal sealed class StoreWorker(ISwapStore store, long firstSlot, int slots, int seed)
{
    private const int Empty = 0;
    private const int MostPages = 16;

    private readonly Random _random = new(seed);
    private readonly int[] _versions = new int[slots];
    private readonly bool[] _isUnknown = new bool[slots];
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(MostPages << Page.Shift, pinned: true);
    private readonly byte[] _expected = new byte[Page.SizeBytes];
    private int _version;

    /// <summary>How many pages ended each way, by outcome: writes.</summary>
    internal Dictionary<SwapOutcome, int> Writes { get; } = [];

    /// <summary>How many pages ended each way, by outcome: reads of slots whose last write ended well.</summary>
    internal Dictionary<SwapOutcome, int> Reads { get; } = [];

    /// <summary>Pages that a read gave well and that are not what was written.</summary>
    internal int WrongPages { get; private set; }

    /// <summary>Outcomes without a reason, or that no store may give.</summary>
    internal int UntoldErrors { get; private set; }

    /// <summary>Does operations at random: half of them write, a third read, the others discard, up to 16 pages each.</summary>
    internal async Task Run(int operations)
    {
        for (int operation = 0; operation < operations; operation++)
        {
            int[] indexes = NextIndexes();
            switch (_random.Next(6))
            {
                case < 3:
                    await Write(indexes);
                    break;
                case < 5:
                    await Read(indexes);
                    break;
                default:
                    Discard(indexes);
                    break;
            }
        }
    }

    /// <summary>Reads all slots that have known content, one by one; tells those that are not there.</summary>
    internal async Task<List<(long Slot, SwapOutcome Outcome)>> ReadAll()
    {
        List<(long Slot, SwapOutcome Outcome)> missing = [];
        for (int index = 0; index < slots; index++)
        {
            if (_versions[index] != Empty && !_isUnknown[index])
            {
                SwapTransfer[] transfers = Transfers([index]);
                await store.ReadAsync(transfers);
                Check(transfers[0], index);
                if (transfers[0].Outcome != SwapOutcome.Success)
                {
                    missing.Add((transfers[0].Slot, transfers[0].Outcome));
                }
            }
        }

        return missing;
    }

    private async Task Write(int[] indexes)
    {
        SwapTransfer[] transfers = Transfers(indexes);
        for (int page = 0; page < indexes.Length; page++)
        {
            _versions[indexes[page]] = ++_version;
            TestPages.Fill(transfers[page].Bytes.Span, transfers[page].Slot, _version);
        }

        await store.WriteAsync(transfers);
        for (int page = 0; page < indexes.Length; page++)
        {
            Count(Writes, transfers[page]);
            _isUnknown[indexes[page]] = transfers[page].Outcome != SwapOutcome.Success;
        }
    }

    private async Task Read(int[] indexes)
    {
        SwapTransfer[] transfers = Transfers(indexes);
        await store.ReadAsync(transfers);
        for (int page = 0; page < indexes.Length; page++)
        {
            Check(transfers[page], indexes[page]);
        }
    }

    private void Discard(int[] indexes)
    {
        store.Discard([.. indexes.Select(index => firstSlot + index)]);
        foreach (int index in indexes)
        {
            _versions[index] = Empty;
            _isUnknown[index] = false;
        }
    }

    private void Check(in SwapTransfer transfer, int index)
    {
        if (_versions[index] == Empty)
        {
            UntoldErrors += transfer.Outcome is SwapOutcome.Success or SwapOutcome.Pending ? 1 : 0;
            return;
        }

        if (!_isUnknown[index])
        {
            Count(Reads, transfer);
        }

        // After a failed write a slot holds anything; still, a page that is given as whole is the one that was tried.
        TestPages.Fill(_expected, transfer.Slot, _versions[index]);
        WrongPages += transfer.Outcome == SwapOutcome.Success && !transfer.Bytes.Span.SequenceEqual(_expected) ? 1 : 0;
    }

    private void Count(Dictionary<SwapOutcome, int> counts, in SwapTransfer transfer)
    {
        counts[transfer.Outcome] = counts.GetValueOrDefault(transfer.Outcome) + 1;
        bool isTold = transfer.Outcome == SwapOutcome.Success ? transfer.Detail is null : !string.IsNullOrEmpty(transfer.Detail);
        UntoldErrors += isTold && transfer.Outcome != SwapOutcome.Pending ? 0 : 1;
    }

    /// <summary>Neighbours, every second one, or one here and one there.</summary>
    private int[] NextIndexes()
    {
        int count = _random.Next(1, MostPages + 1);
        int step = _random.Next(3) switch { 0 => 2, 1 => 7, _ => 1 };
        int first = _random.Next(slots);
        return [.. Enumerable.Range(0, count).Select(page => (first + (page * step)) % slots).Distinct()];
    }

    private SwapTransfer[] Transfers(int[] indexes) =>
        [.. indexes.Select((index, page) => new SwapTransfer(firstSlot + index, _bytes.AsMemory(page << Page.Shift, Page.SizeBytes)))];
}
