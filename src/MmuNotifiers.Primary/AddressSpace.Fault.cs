using System.Diagnostics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>Resolves a fault: until it is satisfied, or ends in a signal. No lock is held.</summary>
    internal AccessResult HandleFault(VirtualAddress address, AccessRights access, FaultOrigin origin)
    {
        while (true)
        {
            long sequence = ReadMapSequence();
            Area? area = FindArea(address);
            AccessResult result;
            if (area is null)
            {
                if (!MapChangedSince(sequence) && !TryGrowStack(address, origin))
                {
                    return AccessResult.Refused(FaultResult.NotMapped);
                }
            }
            else if (!Permits(area.Rights, access))
            {
                if (!MapChangedSince(sequence))
                {
                    return AccessResult.Refused(FaultResult.AccessDenied);
                }
            }
            else if (_limit is not null && !_limit.TryAdmit())
            {
                return AccessResult.Refused(FaultResult.OutOfMemory);
            }
            else if (TryFault(new Fault(area, address.AlignDown(), access, sequence), out result))
            {
                if (result.Succeeded)
                {
                    NotifyUpdate(AddressRange.OfPage(address), area.Rights);
                }

                return result;
            }
        }
    }

    /// <summary>What a CPU lets an area's rights do: on x86-64 everything that may be written or executed may be read.</summary>
    private static bool Permits(AccessRights area, AccessRights access) => (HardwareRights(area) & access) == access;

    private static AccessRights HardwareRights(AccessRights area) => area == AccessRights.None ? AccessRights.None : area | AccessRights.Read;

    private static AccessRights LoadedRights(Area area, bool writable) =>
        HardwareRights(area.Rights) & (writable ? ~AccessRights.None : ~AccessRights.Write);

    /// <summary>One attempt at a fault.</summary>
    /// <returns>False if something changed meanwhile: start over.</returns>
    private bool TryFault(in Fault fault, out AccessResult result)
    {
        LeafTable leaf = _table.Ensure(fault.Page);
        Pte pte = leaf.Read(LeafTable.IndexOf(fault.Page));
        if (!pte.IsNone && MapChangedSince(fault.Sequence))
        {
            // The leaf may serve another address space by now; an empty pte is checked under the leaf's lock.
            result = default;
            return false;
        }

        // A guard refuses the access before a page is thought of.
        if (!pte.IsGuard && !IsReadyFor(fault.Area, fault.Access))
        {
            result = default;
            return false;
        }

        switch (pte.Kind)
        {
            case PteKind.None when fault.Area.Has(AreaFlags.FrameMap):
                result = AccessResult.Refused(FaultResult.BusError);
                return !MapChangedSince(fault.Sequence);
            case PteKind.None when fault.Area.IsPrivate && IsReaped:
                // What was here is unknown by now: zeroes would be a lie.
                result = AccessResult.Refused(FaultResult.BusError);
                return !MapChangedSince(fault.Sequence);
            case PteKind.None when fault.Area.Object is null:
                return TryFaultAnonymous(in fault, leaf, out result);
            case PteKind.None:
                return TryFaultObject(in fault, leaf, pte, fault.Area.PageOffsetOf(fault.Page), out result);
            case PteKind.Nonlinear:
                return TryFaultObject(in fault, leaf, pte, pte.Payload, out result);
            case PteKind.Present:
                return TryFaultPresent(in fault, leaf, pte, out result);
            case PteKind.Guard:
                result = AccessResult.Refused(FaultResult.NotMapped);
                return !MapChangedSince(fault.Sequence);
            case PteKind.Migration:
                return WaitForMigration(out result);
            case PteKind.DeviceExclusive:
                return TryTakeBack(in fault, leaf, pte, out result);
            case PteKind.HugePage:
                return TryFaultHugePage(in fault, leaf, out result);
            case PteKind.Swap:
                return TryFaultSwap(in fault, leaf, pte, out result);
            default:
                throw new InvariantViolationException($"The pte of {fault.Page} is {pte}, which nothing here makes.");
        }
    }

    private bool TryFaultAnonymous(in Fault fault, LeafTable leaf, out AccessResult result)
    {
        if (!fault.IsWrite)
        {
            Pte zero = Pte.Present(PhysicalMemory.ZeroFrame, LoadedRights(fault.Area, writable: false)).Special().Used(fault.Access);
            result = AccessResult.Of(FaultKind.ZeroPage);
            leaf.Lock();
            bool loaded = TryLoad(in fault, leaf, Pte.None, zero);
            leaf.Unlock();
            return loaded;
        }

        if (!Memory.TryAllocateZeroed(out FrameNumber frame))
        {
            result = AccessResult.Refused(FaultResult.OutOfMemory);
            return true;
        }

        result = AccessResult.Of(FaultKind.Anonymous);
        return TryLoadPrivate(in fault, leaf, Pte.None, frame);
    }

    /// <summary>Maps a fresh private frame where nothing was mapped, or frees it if something changed.</summary>
    private bool TryLoadPrivate(in Fault fault, LeafTable leaf, Pte expected, FrameNumber frame) =>
        TryLoadPrivate(in fault, leaf, expected, frame, OwnPrivately(in fault, frame));

    private bool TryLoadPrivate(in Fault fault, LeafTable leaf, Pte expected, FrameNumber frame, Pte pte)
    {
        leaf.Lock();
        bool loaded = TryLoad(in fault, leaf, expected, pte);
        leaf.Unlock();
        if (!loaded)
        {
            Frames.MappingBecomesReference(frame);
            Memory.Put(frame);
        }

        return loaded;
    }

    /// <summary>Makes a fresh frame a page of the faulting area's family, counted as mapped once. Its bytes are nowhere else: it is dirty.</summary>
    /// <returns>The pte for it: exclusive, and writable if the area is.</returns>
    private Pte OwnPrivately(in Fault fault, FrameNumber frame)
    {
        AnonymousFamily family = fault.Area.Family!;
        Debug.Assert(family is not null, "a fault sees to the family before it makes a page");
        Frames.SetOwner(frame, family, fault.Area.PageOffsetOf(fault.Page), FrameFlags.Anonymous | FrameFlags.Dirty);
        Frames.BecomeMapped(frame);
        return Pte.Present(frame, LoadedRights(fault.Area, writable: true)).Exclusive().Used(fault.Access);
    }

    /// <summary>Fills an entry if it is still what it was and no area changed. The leaf is locked.</summary>
    private bool TryLoad(in Fault fault, LeafTable leaf, Pte expected, Pte pte)
    {
        int index = LeafTable.IndexOf(fault.Page);
        if (MapChangedSince(fault.Sequence) || leaf.Read(index) != expected)
        {
            return false;
        }

        leaf.Load(index, pte);
        return true;
    }
}
