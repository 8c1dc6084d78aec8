using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>One access of a CPU to one byte, as the hardware would do it, without moving a byte.</summary>
    /// <param name="address">Where.</param>
    /// <param name="access">Read, Write or Execute.</param>
    /// <returns>Whether it went through, and what kind of fault it took.</returns>
    public AccessResult Access(VirtualAddress address, AccessRights access)
    {
        LeafTable leaf = _table.Find(address);
        if (!leaf.IsNull)
        {
            long revocations = leaf.ReadRevocations();
            bool isOurs = leaf.BelongsTo(_table, address);
            Pte pte = leaf.Read(LeafTable.IndexOf(address));
            if ((pte.IsHit(access) && isOurs && leaf.ReadRevocations() == revocations)
                || ((pte.Allows(access) || pte.IsInHugePage) && TryMarkUsed(leaf, address, access)))
            {
                return default;
            }
        }

        return HandleFault(address, access, FaultOrigin.Program);
    }

    /// <summary>Loads bytes, page by page, faulting as a CPU would.</summary>
    /// <remarks>
    /// No lock is taken on the way through a translation that is there. The copy is checked afterwards:
    /// <code>
    ///   reader                              revoker
    ///   r = revocations; pte = read
    ///                                       lock leaf; clear pte; revocations + 1; unlock; ...; free frame
    ///   copy bytes of the old frame
    ///   revocations != r: throw the copy away, start the page over
    /// </code>
    /// </remarks>
    public TransferResult Read(VirtualAddress address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            VirtualAddress position = address + (ulong)done;
            int length = Math.Min(destination.Length - done, Page.SizeBytes - position.PageOffset);
            while (!TryRead(position, destination.Slice(done, length)))
            {
                AccessResult result = Access(position, AccessRights.Read);
                if (!result.Succeeded)
                {
                    return new TransferResult(result.Result, done);
                }
            }

            done += length;
        }

        return new TransferResult(FaultResult.Success, done);
    }

    /// <summary>Stores bytes, page by page, faulting as a CPU would. Each page's part is stored under its leaf's lock.</summary>
    public TransferResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length)
        {
            VirtualAddress position = address + (ulong)done;
            int length = Math.Min(source.Length - done, Page.SizeBytes - position.PageOffset);
            while (!TryWrite(position, source.Slice(done, length)))
            {
                AccessResult result = Access(position, AccessRights.Write);
                if (!result.Succeeded)
                {
                    return new TransferResult(result.Result, done);
                }
            }

            done += length;
        }

        return new TransferResult(FaultResult.Success, done);
    }

    private bool TryRead(VirtualAddress address, Span<byte> destination)
    {
        LeafTable leaf = _table.Find(address);
        if (leaf.IsNull)
        {
            return false;
        }

        long revocations = leaf.ReadRevocations();
        bool isOurs = leaf.BelongsTo(_table, address);
        int index = LeafTable.IndexOf(address);
        Pte pte = leaf.Read(index);
        if (!isOurs || (!pte.IsHit(AccessRights.Read) && !leaf.IsHitInHugePage(index, AccessRights.Read, ref pte)))
        {
            return false;
        }

        Shared.BeforeRead(Memory.Address(pte.Frame) + address.PageOffset, destination.Length, "frame bytes");
        Memory.Bytes(pte.Frame).Slice(address.PageOffset, destination.Length).CopyTo(destination);
        Shared.LoadFence();
        return leaf.ReadRevocations() == revocations;
    }

    private bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        LeafTable leaf = _table.Find(address);
        if (leaf.IsNull)
        {
            return false;
        }

        int index = LeafTable.IndexOf(address);
        leaf.Lock();
        Pte pte = leaf.Read(index);
        bool hit = (pte.IsHit(AccessRights.Write) || leaf.IsHitInHugePage(index, AccessRights.Write, ref pte)) && leaf.BelongsTo(_table, address);
        if (hit)
        {
            Shared.BeforeWrite(Memory.Address(pte.Frame) + address.PageOffset, source.Length, "frame bytes");
            source.CopyTo(Memory.Bytes(pte.Frame)[address.PageOffset..]);
        }

        leaf.Unlock();
        return hit;
    }

    /// <summary>Sets the accessed and dirty bits of a translation that allows the access: what a CPU's table walker does.</summary>
    private bool TryMarkUsed(LeafTable leaf, VirtualAddress address, AccessRights access)
    {
        int index = LeafTable.IndexOf(address);
        leaf.Lock();
        bool allowed = leaf.Translate(index).Allows(access) && leaf.BelongsTo(_table, address);
        if (allowed)
        {
            leaf.MarkUsed(index, access);
        }

        leaf.Unlock();
        return allowed;
    }
}
