using System.Buffers;
using System.Collections.Concurrent;

namespace MmuNotifiers.Swap.Redis.Connection;

/// <summary>
/// The memory that answers are fetched into: buffers of one value, used again. The framework's own pool keeps a few dozen of a size and drops the rest, which a
/// batch of a thousand pages is more than. It keeps as many as were ever under way at a time, which the budget of bytes in flight bounds.
/// </summary>
internal sealed class ValuePool : MemoryPool<byte>
{
    private readonly ConcurrentStack<Buffer> _free = new();

    public override int MaxBufferSize => Shared.MaxBufferSize;

    /// <summary>Rents a value's buffer, or what the framework has for other sizes: the client receives into large buffers, too.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize is <= PageFormat.ValueBytes / 2 or > PageFormat.ValueBytes)
        {
            return Shared.Rent(minBufferSize);
        }

        if (!_free.TryPop(out Buffer? buffer))
        {
            buffer = new Buffer(this);
        }

        buffer.Take();
        return buffer;
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private sealed class Buffer(ValuePool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(PageFormat.ValueBytes);

        /// <summary>1 while it is rented. Guarded by: changed by interlocked exchange alone, so that only the first disposal gives it back.</summary>
        private int _rented;

        public Memory<byte> Memory => _bytes;

        public void Take() => Volatile.Write(ref _rented, 1);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _rented, 0) == 1)
            {
                pool._free.Push(this);
            }
        }
    }
}
