using System.Runtime.InteropServices;

namespace MmuNotifiers.Primary;

/// <summary>
/// A small stack of free frames that few threads share, so that a fault rarely reaches the pool. Padded: neighbours in the array
/// do not share a cache line.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct FrameStripe
{
    /// <summary>A spin lock.</summary>
    internal int Lock;

    /// <summary>How many frames are on the stack. Guarded by the lock.</summary>
    internal int Count;

    /// <summary>The first free frame, linked through the frame table. Guarded by the lock.</summary>
    internal ulong First;
}
