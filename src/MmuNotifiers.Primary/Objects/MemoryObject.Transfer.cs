using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Reads and writes of the object itself, through the page cache and therefore coherent with every mapping.</summary>
public abstract partial class MemoryObject
{
    /// <summary>Reads from a place in the object, as pread(2). Ends at the object's end.</summary>
    /// <param name="offsetBytes">Where to start.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <returns>The bytes read; EINVAL if the end is no off_t; EIO or ENOMEM if a page could not be brought in.</returns>
    public ObjectTransferResult Read(ulong offsetBytes, Span<byte> destination)
    {
        if (PassesLargestOffset(offsetBytes, destination.Length))
        {
            return new ObjectTransferResult(Errno.EINVAL, 0);
        }

        int done = 0;
        while (done < destination.Length)
        {
            ulong position = offsetBytes + (ulong)done;
            ulong sizeBytes = SizeBytes;
            if (position >= sizeBytes)
            {
                break;
            }

            int length = LengthInPage(position, Math.Min((ulong)(destination.Length - done), sizeBytes - position));
            FaultResult result = ReadPage(position, destination.Slice(done, length));
            if (result == FaultResult.BusError && position >= SizeBytes)
            {
                break;
            }

            if (result != FaultResult.Success)
            {
                return new ObjectTransferResult(ErrnoOf(result), done);
            }

            done += length;
        }

        return new ObjectTransferResult(Errno.None, done);
    }

    /// <summary>Writes to a place in the object, as pwrite(2). Behind its end the object grows.</summary>
    /// <param name="offsetBytes">Where to start.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>The bytes written; EINVAL if the end is no off_t; EIO or ENOMEM if a page could not be brought in.</returns>
    public ObjectTransferResult Write(ulong offsetBytes, ReadOnlySpan<byte> source)
    {
        if (PassesLargestOffset(offsetBytes, source.Length))
        {
            return new ObjectTransferResult(Errno.EINVAL, 0);
        }

        using SharedLock.Scope held = _changeLock.EnterScope();
        ulong oldBytes = SizeBytes;
        if (!source.IsEmpty && offsetBytes + (ulong)source.Length > oldBytes)
        {
            PrepareToExtend(oldBytes);
        }

        int done = 0;
        while (done < source.Length)
        {
            ulong position = offsetBytes + (ulong)done;
            int length = LengthInPage(position, (ulong)(source.Length - done));
            FaultResult result = WritePage(position, source.Slice(done, length));
            if (result != FaultResult.Success)
            {
                return new ObjectTransferResult(ErrnoOf(result), done);
            }

            done += length;
            if (position + (ulong)length > SizeBytes)
            {
                SetSize(position + (ulong)length);
            }
        }

        return new ObjectTransferResult(Errno.None, done);
    }

    /// <summary>Reads from one page that the cache did not hold just now. Reading an absent page of shared memory makes none.</summary>
    private protected virtual FaultResult ReadUncached(ulong position, Span<byte> destination)
    {
        FaultResult result = GetPage(position >> Page.Shift, out FrameNumber frame);
        if (result == FaultResult.Success)
        {
            CopyOut(frame, position, destination);
        }

        return result;
    }

    private static bool PassesLargestOffset(ulong offsetBytes, int lengthBytes) =>
        offsetBytes > MaxSizeBytes || (ulong)lengthBytes > MaxSizeBytes - offsetBytes;

    private static int LengthInPage(ulong position, ulong lengthBytes) =>
        (int)Math.Min(lengthBytes, Page.SizeBytes - (position & Page.OffsetMask));

    private static Errno ErrnoOf(FaultResult result) => result == FaultResult.OutOfMemory ? Errno.ENOMEM : Errno.EIO;

    private FaultResult ReadPage(ulong position, Span<byte> destination)
    {
        if (!TryGetCachedPage(position >> Page.Shift, out FrameNumber frame))
        {
            return ReadUncached(position, destination);
        }

        CopyOut(frame, position, destination);
        return FaultResult.Success;
    }

    private FaultResult WritePage(ulong position, ReadOnlySpan<byte> source)
    {
        FaultResult result = GetPage(position >> Page.Shift, SizeLimit.Extending, out FrameNumber frame, out _);
        if (result != FaultResult.Success)
        {
            return result;
        }

        Shared.BeforeWrite(Memory.Address(frame), Page.SizeBytes, "frame bytes");
        source.CopyTo(Memory.Bytes(frame)[(int)(position & Page.OffsetMask)..]);
        Memory.Frames.MarkDirty(frame);
        Memory.Reclaim?.Used(frame);
        Memory.Put(frame);
        return FaultResult.Success;
    }

    /// <summary>Copies from a frame and drops the reference on it.</summary>
    private void CopyOut(FrameNumber frame, ulong position, Span<byte> destination)
    {
        Shared.BeforeRead(Memory.Address(frame), Page.SizeBytes, "frame bytes");
        Memory.Bytes(frame).Slice((int)(position & Page.OffsetMask), destination.Length).CopyTo(destination);
        Memory.Reclaim?.Used(frame);
        Memory.Put(frame);
    }
}
