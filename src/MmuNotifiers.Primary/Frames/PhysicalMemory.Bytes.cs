using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The bytes of frames.</summary>
public sealed unsafe partial class PhysicalMemory
{
    // SAFETY: the frame is one of the pool's, so the address lies in the arena.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal nint Address(FrameNumber frame) => (nint)(_arena + (frame.Value << Page.Shift));

    /// <summary>The bytes of a frame that the caller holds a reference on, or whose leaf it has locked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Bytes(FrameNumber frame) => new((void*)Address(frame), Page.SizeBytes);

    /// <summary>Copies a frame that the caller holds a reference on to one that is the caller's own. Stores that come meanwhile may be torn.</summary>
    internal void Copy(FrameNumber source, FrameNumber destination)
    {
        Shared.BeforeRead(Address(source), Page.SizeBytes, "copy of frame");
        Shared.BeforeWrite(Address(destination), Page.SizeBytes, "copy of frame");
        Bytes(source).CopyTo(Bytes(destination));
    }

    /// <summary>Whether two frames that the caller holds references on have the same bytes. Final only if nobody can store.</summary>
    internal bool AreEqual(FrameNumber one, FrameNumber other)
    {
        Shared.BeforeRead(Address(one), Page.SizeBytes, "comparison of frames");
        Shared.BeforeRead(Address(other), Page.SizeBytes, "comparison of frames");
        return Bytes(one).SequenceEqual(Bytes(other));
    }

    /// <summary>A hash by which equal frames are found, of one that the caller holds a reference on. Stores that come meanwhile may be in it.</summary>
    internal ulong Hash(FrameNumber frame)
    {
        Shared.BeforeRead(Address(frame), Page.SizeBytes, "hash of frame");
        return MergeTable.Hash(Bytes(frame));
    }

    /// <summary>Makes a frame that is the caller's own zero.</summary>
    internal void Zero(FrameNumber frame)
    {
        Shared.BeforeWrite(Address(frame), Page.SizeBytes, "zero frame");
        byte* bytes = (byte*)Address(frame);
        if (!Vector512.IsHardwareAccelerated)
        {
            NativeMemory.Clear(bytes, Page.SizeBytes);
            return;
        }

        // SAFETY: a frame is 4096 bytes at a 4096-aligned address, which the vectors divide.
        for (byte* end = bytes + Page.SizeBytes; bytes < end; bytes += 4 * Vector512<byte>.Count)
        {
            Vector512<byte>.Zero.StoreAligned(bytes);
            Vector512<byte>.Zero.StoreAligned(bytes + Vector512<byte>.Count);
            Vector512<byte>.Zero.StoreAligned(bytes + (2 * Vector512<byte>.Count));
            Vector512<byte>.Zero.StoreAligned(bytes + (3 * Vector512<byte>.Count));
        }
    }
}
