namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>A thread that reads and writes a part of a window as managed code may, allocates much, and knows what it wrote.</summary>
internal sealed class ManagedUser
{
    private readonly PagedMemory _memory;
    private readonly AddressRange _range;
    private readonly Random _random;
    private readonly CancellationToken _end;
    private readonly Thread _thread;
    private readonly Dictionary<ulong, byte> _written = [];
    private Exception? _failure;
    private long _accesses;

    internal ManagedUser(PagedMemory memory, AddressRange range, int seed, CancellationToken end)
    {
        _memory = memory;
        _range = range;
        _random = new Random(seed);
        _end = end;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for its end, and tells how many accesses it made.</summary>
    internal long End()
    {
        _thread.Join();
        Assert.Null(_failure);
        return _accesses;
    }

    private void Run()
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                Access();
                _accesses++;
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    private void Access()
    {
        // Across the end of a page, half of the time.
        ulong page = (ulong)_random.NextInt64((long)_range.Pages - 1);
        VirtualAddress address = _range.Start + (page << Page.Shift) + 4000;
        byte[] bytes = new byte[192];
        if (_random.Next(2) == 0)
        {
            byte value = (byte)_random.Next(256);
            Array.Fill(bytes, value);
            Assert.True(_memory.TryWrite(address, bytes));
            _written[page] = value;
            return;
        }

        Assert.True(_memory.TryRead(address, bytes));
        byte expected = _written.GetValueOrDefault(page);
        Assert.All(bytes, found => Assert.Equal(expected, found));
    }
}
