namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// A shadow page-table entry (spte): the frame behind a guest page, and what the guest may do to it.
/// </summary>
/// <remarks>
/// <code>
///   state                present  writable  host-writable   next
///   not present             0        0          0           a fault asks the primary
///   read-only               1        0          0           a store asks the primary (breaks copy-on-write, makes the pte dirty)
///   write-protected         1        0          1           a store is noted in the dirty log and makes it writable again
///   writable                1        1          1
/// </code>
/// Accessed and dirty are set by the virtual CPUs with a compare-exchange, so that an entry which was zapped meanwhile stays so.
/// Everything else changes under the mmu lock.
/// </remarks>
internal readonly record struct ShadowPte(ulong Value)
{
    private const ulong PresentBit = 1 << 0;
    private const ulong WritableBit = 1 << 1;
    private const ulong AccessedBit = 1 << 5;
    private const ulong DirtyBit = 1 << 6;
    private const ulong HostWritableBit = 1 << 9;

    internal static ShadowPte NotPresent => default;

    internal bool IsPresent => (Value & PresentBit) != 0;

    internal bool IsWritable => (Value & WritableBit) != 0;

    /// <summary>Whether only the dirty log stands between the guest and a store.</summary>
    internal bool IsWriteProtected => (Value & (WritableBit | HostWritableBit)) == HostWritableBit;

    internal bool IsAccessed => (Value & AccessedBit) != 0;

    internal bool IsDirty => (Value & DirtyBit) != 0;

    internal FrameNumber Frame => new(Value >> Page.Shift);

    internal static ShadowPte ReadOnly(FrameNumber frame) => new((frame.Value << Page.Shift) | PresentBit | AccessedBit);

    internal static ShadowPte Writable(FrameNumber frame) =>
        new((frame.Value << Page.Shift) | PresentBit | AccessedBit | WritableBit | HostWritableBit | DirtyBit);

    /// <summary>Whether the guest may do <paramref name="access"/> without a fault.</summary>
    internal bool Allows(AccessRights access) => IsPresent && ((access & AccessRights.Write) == 0 || IsWritable);

    /// <summary>The entry as an access leaves it.</summary>
    internal ShadowPte Used(AccessRights access) =>
        new(Value | AccessedBit | ((access & AccessRights.Write) != 0 ? DirtyBit : 0));

    internal ShadowPte Old() => new(Value & ~AccessedBit);

    internal ShadowPte WriteProtected() => new(Value & ~WritableBit);

    internal ShadowPte WithWritable() => new(Value | WritableBit);
}
