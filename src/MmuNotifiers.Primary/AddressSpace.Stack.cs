namespace MmuNotifiers.Primary;

public sealed partial class AddressSpace
{
    /// <summary>
    /// Called by a fault that found no area: grows the stack above the address down to it, if there is one and a program
    /// faults. Takes the map lock, and with it waits for operations that are about to map something there.
    /// </summary>
    /// <returns>Whether something is mapped there now, so that the fault should look again.</returns>
    internal bool TryGrowStack(VirtualAddress address, FaultOrigin origin)
    {
        // Nothing is mapped outside of the bounds, and the tree orders addresses below 2^63 only.
        if (!_options.Bounds.Contains(address))
        {
            return false;
        }

        using MapLockScope held = LockMap();
        if (_areas.FirstEndingAbove(address) is not { } area)
        {
            return false;
        }

        return area.Range.Contains(address)
            || (origin == FaultOrigin.Program && area.Has(AreaFlags.GrowsDown) && TryGrowDown(area, address.AlignDown()));
    }

    private bool TryGrowDown(Area stack, VirtualAddress start)
    {
        if (IsGuarded(start))
        {
            return false;
        }

        AddressRange range = new(start, stack.Range.End);
        ulong growth = stack.Range.Start - start;
        ulong pages = growth >> Page.Shift;
        bool mayGrow = pages <= stack.PageOffset
            && MayMap(pages)
            && range.LengthBytes <= _options.MaxStackBytes
            && MayLock(stack.Flags, growth);
        if (!mayGrow)
        {
            return false;
        }

        // As in Linux a stack that has grown counts as touched.
        EnsureFamily(stack);
        BeginMapChange();
        RemoveArea(stack);
        InsertArea(stack.With(range, stack.Rights, stack.Flags));
        EndMapChange();
        return true;
    }

    /// <summary>Whether something that may be accessed lies too close below.</summary>
    private bool IsGuarded(VirtualAddress start) =>
        _areas.LastStartingBelow(start) is { } below
        && !below.Has(AreaFlags.GrowsDown)
        && below.Rights != AccessRights.None
        && start - below.Range.End < _options.StackGuardPages << Page.Shift;
}
