using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The generation of every frame of a pool: one byte each in native memory, written without a lock by whoever brings a page in, frees one or
/// finds it used.
/// </summary>
internal sealed unsafe class FrameAges : IDisposable
{
    private byte* _generations;

    internal FrameAges(long frames)
    {
        // SAFETY: zeroed, freed once in Dispose; indexed only by frame numbers below the count.
        _generations = (byte*)NativeMemory.AllocZeroed((nuint)frames);
    }

    /// <summary>The youngest generation, from 1; 0 is that of frames without a page.</summary>
    private static byte Youngest => 1;

    /// <summary>A frame got a page, or its page was used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MakeYoungest(FrameNumber frame) => Shared.Write(ref _generations[frame.Value], Youngest, step: "frame generation");

    /// <summary>A frame has no page any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Forget(FrameNumber frame) => Shared.Write(ref _generations[frame.Value], (byte)0, step: "frame generation");

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_generations);
        _generations = null;
    }
}
