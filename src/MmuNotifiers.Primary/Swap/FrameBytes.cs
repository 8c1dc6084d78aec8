using System.Buffers;

namespace MmuNotifiers.Primary;

/// <summary>The bytes of a stretch of a pool's frames as a <see cref="Memory{T}"/>, as stores take them: where they lie, without a copy.</summary>
internal sealed unsafe class FrameBytes : MemoryManager<byte>
{
    /// <summary>How many frames one stretch has at most: 1 GiB, since a memory's length is an int.</summary>
    internal const long MaxFrames = 1L << 18;

    private readonly byte* _start;
    private readonly int _length;

    /// <summary>Covers frames of an arena that outlives it.</summary>
    internal FrameBytes(nint start, long frames)
    {
        _start = (byte*)start;
        _length = (int)(frames << Page.Shift);
    }

    // SAFETY: the stretch lies in the arena of the pool that made this and lives as long.
    public override Span<byte> GetSpan() => new(_start, _length);

    // SAFETY: as above; the arena never moves, so there is nothing to pin.
    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>The bytes of one frame of the stretch, by its number within it.</summary>
    internal Memory<byte> Of(long frame) => CreateMemory((int)(frame << Page.Shift), Page.SizeBytes);

    protected override void Dispose(bool disposing)
    {
    }
}
