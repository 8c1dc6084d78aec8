using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Swap;

/// <summary>A stretch of native memory that packed pages are appended to, each behind a head that says whose it is. Guarded by the store's lock.</summary>
internal sealed unsafe class LogSegment(int number, int capacityBytes) : IDisposable
{
    private const int HeadBytes = 16;

    // SAFETY: capacityBytes long; every record lies below _used, which never exceeds it.
    private readonly byte* _bytes = (byte*)NativeMemory.Alloc((nuint)capacityBytes);
    private int _used;

    /// <summary>What happens to the segment at the moment.</summary>
    internal LogSegmentState State { get; set; }

    /// <summary>How old its oldest record is: the number of its first append, in the order of the log.</summary>
    internal long Age { get; set; }

    /// <summary>How many bytes records that are still alive take.</summary>
    internal int LiveBytes { get; private set; }

    /// <summary>How many bytes dead records take. Where the last one ended early counts for nothing: that would stay so.</summary>
    internal int DeadBytes => _used - LiveBytes;

    /// <summary>How many bytes a record takes.</summary>
    internal static int BytesOf(int packedBytes) => HeadBytes + ((packedBytes + 7) & ~7);

    /// <summary>Whether a record fits.</summary>
    internal bool HasRoomFor(int packedBytes) => _used + BytesOf(packedBytes) <= capacityBytes;

    /// <summary>Appends a record that fits.</summary>
    internal LogPlace Append(long slot, ReadOnlySpan<byte> packed)
    {
        Unsafe.WriteUnaligned(_bytes + _used, slot);
        Unsafe.WriteUnaligned(_bytes + _used + sizeof(long), packed.Length);
        LogPlace place = new(number, _used + HeadBytes);
        packed.CopyTo(Bytes(place, packed.Length));
        _used += BytesOf(packed.Length);
        LiveBytes += BytesOf(packed.Length);
        return place;
    }

    /// <summary>The bytes at a place of this segment.</summary>
    internal Span<byte> Bytes(LogPlace place, int packedBytes) => new(_bytes + place.Offset, packedBytes);

    /// <summary>Says that a record is dead.</summary>
    internal void Release(int packedBytes) => LiveBytes -= BytesOf(packedBytes);

    /// <summary>All records, dead or alive.</summary>
    internal void CopyRecords(List<LogRecord> records)
    {
        for (int offset = 0; offset < _used;)
        {
            LogRecord record = new(
                Unsafe.ReadUnaligned<long>(_bytes + offset),
                new LogPlace(number, offset + HeadBytes),
                Unsafe.ReadUnaligned<int>(_bytes + offset + sizeof(long)));
            records.Add(record);
            offset += BytesOf(record.Bytes);
        }
    }

    /// <summary>Begins anew.</summary>
    internal void Open(long age)
    {
        _used = 0;
        LiveBytes = 0;
        Age = age;
        State = LogSegmentState.Open;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_bytes);
}
