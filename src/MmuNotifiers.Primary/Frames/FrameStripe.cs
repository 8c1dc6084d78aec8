using System.Runtime.CompilerServices;

namespace MmuNotifiers.Primary;

/// <summary>
/// A small stack of free frames that few threads share, so that a fault rarely reaches the pool: an array of numbers, not a list
/// through the frame table, because that would be one cache miss after the other. Neighbours share a cache line at their edges only.
/// </summary>
internal struct FrameStripe
{
    /// <summary>How many frames a stripe holds.</summary>
    internal const int Capacity = 64;

    /// <summary>A spin lock.</summary>
    internal int Lock;

    /// <summary>How many frames are on the stack. Guarded by the lock.</summary>
    internal int Count;

    /// <summary>Their numbers, the last one on top. Guarded by the lock.</summary>
    internal Numbers Frames;

    /// <summary>Keeps the next stripe's lock off the lines of this one's hot end.</summary>
    private readonly (ulong, ulong, ulong, ulong, ulong, ulong, ulong, ulong) _padding;

    /// <summary>Frame numbers; a pool has fewer than 2^31 frames.</summary>
    [InlineArray(Capacity)]
    internal struct Numbers
    {
        private uint _first;
    }
}
