namespace MmuNotifiers.Lab.Checking.Scheduling;

/// <summary>The stores of one thread that the others do not see yet, oldest first.</summary>
internal sealed class StoreBuffer
{
    private BufferedStore[] _stores = new BufferedStore[16];
    private int _first;
    private int _end;

    /// <summary>Whether memory holds what the owning thread sees.</summary>
    private bool _isShown;

    /// <summary>Whether everybody sees what the thread has stored.</summary>
    internal bool IsEmpty => _first == _end;

    /// <summary>How many stores were ever put in.</summary>
    internal int Stored => _end;

    /// <summary>How many of them have become visible.</summary>
    internal int Flushed => _first;

    /// <summary>The next one to become visible.</summary>
    internal ref readonly BufferedStore Oldest => ref _stores[_first];

    /// <summary>A new execution.</summary>
    internal void Clear()
    {
        Array.Clear(_stores, 0, _end);
        _first = _end = 0;
        _isShown = false;
    }

    /// <summary>Puts a store in, before the running thread, the owner, makes it.</summary>
    internal void Add(in Operation operation, int step, LockState? released)
    {
        if (_end == _stores.Length)
        {
            Array.Resize(ref _stores, 2 * _end);
        }

        ref BufferedStore store = ref _stores[_end++];
        store = new BufferedStore { Operation = operation, Step = step, Released = released };
        store.Save();
        _isShown = true;
    }

    /// <summary>The owner goes on: memory shows what it sees.</summary>
    internal void Show()
    {
        if (!_isShown)
        {
            _isShown = true;
            for (int i = _first; i < _end; i++)
            {
                _stores[i].Swap();
            }
        }
    }

    /// <summary>The owner stops: memory shows what everybody sees.</summary>
    internal void Hide()
    {
        if (_isShown)
        {
            _isShown = false;
            for (int i = _end - 1; i >= _first; i--)
            {
                _stores[i].Swap();
            }
        }
    }

    /// <summary>The oldest store becomes visible. The buffer is hidden.</summary>
    internal BufferedStore Flush()
    {
        ref BufferedStore store = ref _stores[_first++];
        store.Swap();
        if (store.Released is { } released)
        {
            released.Holder = null;
        }

        return store;
    }
}
