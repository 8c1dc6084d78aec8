namespace MmuNotifiers.Swap;

/// <summary>
/// Gives the blocks of empty groups back to the file system, one group after another on a thread of the pool, so that who discards slots does not
/// wait for a file system's journal.
/// </summary>
internal sealed class HoleMaker(IPageFile file) : IAsyncDisposable, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private readonly Queue<FileGroup> _empty = [];
    private bool _isRunning;
    private bool _isDisposed;

    /// <summary>Takes a group that is empty at the moment.</summary>
    internal void Queue(FileGroup group)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _empty.Enqueue(group);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        while (TryTake(out FileGroup? group))
        {
            group!.GiveBack(file);
        }
    }

    /// <summary>Ends when no hole is made any more.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _empty.Clear();
            return _isRunning ? new ValueTask(_ended.Task) : default;
        }
    }

    private bool TryTake(out FileGroup? group)
    {
        lock (_gate)
        {
            if (_empty.TryDequeue(out group))
            {
                return true;
            }

            _isRunning = false;
            if (_isDisposed)
            {
                _ended.SetResult();
            }

            return false;
        }
    }
}
