using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Calls on objects, with the checks that a descriptor's access mode brings.</summary>
internal sealed partial class CaseWorld
{
    private Outcome PerformOnObject(AddressSpace space, ConformanceOperation operation) => operation switch
    {
        ObjectReadOperation read => Allows(read.Object, AccessRights.Read)
            ? ReadInto(space, ObjectOf(read.Object), read)
            : Outcome.Of(Errno.EBADF),
        ObjectWriteOperation write => Allows(write.Object, AccessRights.Write)
            ? WriteFrom(space, ObjectOf(write.Object), write)
            : Outcome.Of(Errno.EBADF),
        ObjectReadByteOperation read => Allows(read.Object, AccessRights.Read)
            ? ReadByteOf(ObjectOf(read.Object), read.Offset.Bytes)
            : Outcome.Of(Errno.EBADF),
        ObjectWriteByteOperation write => Allows(write.Object, AccessRights.Write)
            ? Transfer(ObjectOf(write.Object).Write(write.Offset.Bytes, [write.Value]))
            : Outcome.Of(Errno.EBADF),
        ObjectTruncateOperation truncate => Truncate(truncate),
        ObjectPunchOperation punch => Punch(punch),
        SumObjectOperation sum => SumObject(ObjectOf(sum.Object)),
        _ => throw new ArgumentException($"The operation {operation} is none of those on objects.", nameof(operation)),
    };

    private static bool Allows(ObjectReference reference, AccessRights access) =>
        !reference.IsBad && (reference.Access & access) != 0;

    /// <summary>Page by page, as the kernel copies: what it could store before a fault is its answer.</summary>
    private Outcome ReadInto(AddressSpace space, SharedMemoryObject target, ObjectReadOperation read)
    {
        Span<byte> page = stackalloc byte[Page.SizeBytes];
        bool isOfItself = Shows(space, read.Address, target);
        ulong done = 0;
        while (done < read.Length.Bytes)
        {
            int length = isOfItself ? 1 : PartOfPage(read.Offset.Bytes, read.Length.Bytes, done);
            ObjectTransferResult found = target.Read(read.Offset.Bytes + done, page[..length]);
            if (found.Bytes == 0)
            {
                return done == 0 ? Transfer(found) : Outcome.Returned(done);
            }

            TransferResult stored = space.Write(Absolute(read.Address) + done, page[..found.Bytes]);
            done += (ulong)stored.Bytes;
            if (stored.Result != FaultResult.Success)
            {
                return done == 0 ? Outcome.Of(Errno.EFAULT) : Outcome.Returned(done);
            }
        }

        return Outcome.Returned(done);
    }

    private Outcome WriteFrom(AddressSpace space, SharedMemoryObject target, ObjectWriteOperation write)
    {
        Span<byte> page = stackalloc byte[Page.SizeBytes];
        bool isOfItself = Shows(space, write.Address, target);
        ulong done = 0;
        while (done < write.Length.Bytes)
        {
            Span<byte> part = page[..(isOfItself ? 1 : PartOfPage(write.Offset.Bytes, write.Length.Bytes, done))];
            TransferResult loaded = space.Read(Absolute(write.Address) + done, part);
            if (loaded.Bytes == 0)
            {
                if (TryExtendByFailedCopy(target, write.Offset.Bytes + done))
                {
                    continue;
                }

                return done == 0 ? Outcome.Of(Errno.EFAULT) : Outcome.Returned(done);
            }

            ObjectTransferResult stored = target.Write(write.Offset.Bytes + done, part[..loaded.Bytes]);
            done += (ulong)stored.Bytes;
            if (!stored.Succeeded)
            {
                return done == 0 ? Outcome.Of(stored.Error) : Outcome.Returned(done);
            }
        }

        return Outcome.Returned(done);
    }

    /// <summary>
    /// Whether memory at or above an address may show the object that is copied to or from: where the two overlap, what a copy
    /// ends in depends on its direction. The processor copies bytes upwards.
    /// </summary>
    private bool Shows(AddressSpace space, ByteAmount address, SharedMemoryObject target) =>
        space.Layout().Any(area => ReferenceEquals(area.Handle?.Object, target) && area.Range.End > Absolute(address));

    /// <summary>
    /// tmpfs prepares the page before it copies (since Linux 6.16), and takes the place where the copy stopped for the object's
    /// end if it lies behind: a write that faults at its first byte can make the object larger, and the fault succeed by that.
    /// </summary>
    private static bool TryExtendByFailedCopy(SharedMemoryObject target, ulong position) =>
        position > target.SizeBytes && position < MemoryObject.MaxSizeBytes && target.Resize(position) == Errno.None;

    private static int PartOfPage(ulong offset, ulong length, ulong done) =>
        (int)Math.Min(length - done, Page.SizeBytes - ((offset + done) & Page.OffsetMask));

    private static Outcome ReadByteOf(SharedMemoryObject target, ulong offset)
    {
        byte value = 0;
        ObjectTransferResult result = target.Read(offset, new Span<byte>(ref value));
        return result.Bytes == 1 ? new Outcome { Ret = 1, Value = value } : Transfer(result);
    }

    private static Outcome SumObject(SharedMemoryObject target)
    {
        Span<byte> page = stackalloc byte[Page.SizeBytes];
        ulong sum = 0;
        ulong done = 0;
        while (true)
        {
            page.Clear();
            ObjectTransferResult found = target.Read(done, page);
            if (found.Bytes == 0)
            {
                return Outcome.Returned(unchecked(sum + done));
            }

            done += (ulong)found.Bytes;
            sum = ByteSum.Add(page, sum);
        }
    }

    /// <summary>ftruncate answers EINVAL for a descriptor that is not open for writing, where the others answer EBADF.</summary>
    private Outcome Truncate(ObjectTruncateOperation truncate)
    {
        if (!Allows(truncate.Object, AccessRights.Write))
        {
            return Outcome.Of(truncate.Object.IsBad ? Errno.EBADF : Errno.EINVAL);
        }

        return Outcome.Of(ObjectOf(truncate.Object).Resize(truncate.Size.Bytes));
    }

    /// <summary>fallocate looks at the numbers before it looks at the descriptor's mode.</summary>
    private Outcome Punch(ObjectPunchOperation punch)
    {
        bool isHole = punch.Length.Bytes is > 0 and <= MemoryObject.MaxSizeBytes && punch.Offset.Bytes <= MemoryObject.MaxSizeBytes;
        if (punch.Object.IsBad || (isHole && !Allows(punch.Object, AccessRights.Write)))
        {
            return Outcome.Of(Errno.EBADF);
        }

        return Outcome.Of(ObjectOf(punch.Object).PunchHole(punch.Offset.Bytes, punch.Length.Bytes));
    }

    private static Outcome Transfer(ObjectTransferResult result) =>
        result.Bytes > 0 || result.Succeeded ? Outcome.Returned((ulong)result.Bytes) : Outcome.Of(result.Error);

    private SharedMemoryObject ObjectOf(ObjectReference reference) => _objects[reference.Id];
}
