namespace MmuNotifiers.Linux;

/// <summary>Room for pages on their way, made once for each thread that needs it at the same time and used again.</summary>
public sealed partial class PagedMemory
{
    private readonly int _batchPages;

    /// <summary>A page of zeroes: the kernel fills from it.</summary>
    private readonly MemoryMapping _zeroes = MemoryMapping.Anonymous(Page.SizeBytes);

    /// <summary>Guarded by the gate.</summary>
    private readonly Stack<EvictionBatch> _evictionBatches = new();

    /// <summary>Guarded by the gate.</summary>
    private readonly Stack<SwapInBatch> _swapInBatches = new();

    private EvictionBatch RentEvictionBatch()
    {
        lock (_gate)
        {
            if (_evictionBatches.TryPop(out EvictionBatch? batch))
            {
                return batch;
            }
        }

        return _backing.CreateBatch(_batchPages);
    }

    private void Return(EvictionBatch batch)
    {
        batch.Clear();
        lock (_gate)
        {
            _evictionBatches.Push(batch);
        }
    }

    private SwapInBatch RentSwapInBatch()
    {
        lock (_gate)
        {
            return RentSwapInBatchLocked();
        }
    }

    private SwapInBatch RentSwapInBatchLocked() => _swapInBatches.TryPop(out SwapInBatch? batch) ? batch : new SwapInBatch();

    private void Return(SwapInBatch batch)
    {
        batch.Clear();
        lock (_gate)
        {
            _swapInBatches.Push(batch);
        }
    }

    private void DisposeBatches()
    {
        while (_evictionBatches.TryPop(out EvictionBatch? batch))
        {
            batch.Dispose();
        }

        while (_swapInBatches.TryPop(out SwapInBatch? batch))
        {
            batch.Dispose();
        }

        _zeroes.Dispose();
    }
}
