namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>
/// An entry of a guest's page table, as x86-64 has it. Three states: empty; present, so that the guest can use the page; held, where the page has a
/// frame that the guest must not use now (PROT_NONE).
/// </summary>
/// <param name="Bits">The entry as the processor reads it.</param>
internal readonly record struct GuestPte(ulong Bits)
{
    private const ulong PresentBit = 1;
    private const ulong WritableBit = 1 << 1;
    private const ulong UserBit = 1 << 2;
    private const ulong LargeBit = 1 << 7;

    /// <summary>A bit that the processor ignores: the entry has a frame.</summary>
    private const ulong FrameBit = 1 << 9;

    private const ulong NoExecuteBit = 1UL << 63;
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;

    /// <summary>No frame, no access.</summary>
    public static GuestPte Empty => default;

    /// <summary>Whether the guest can use the page.</summary>
    public bool IsPresent => (Bits & PresentBit) != 0;

    /// <summary>Whether there is a frame.</summary>
    public bool HasFrame => (Bits & FrameBit) != 0;

    /// <summary>Whether the guest may write.</summary>
    public bool IsWritable => (Bits & (PresentBit | WritableBit)) == (PresentBit | WritableBit);

    /// <summary>Whether the guest may execute.</summary>
    public bool IsExecutable => IsPresent && (Bits & NoExecuteBit) == 0;

    /// <summary>The frame, or the next table.</summary>
    public GuestPhysicalAddress Address => new(Bits & AddressMask);

    /// <summary>A page for privilege level 3, with the rights that x86-64 can express: no right but reading is denied alone, and no rights at all hold it.</summary>
    public static GuestPte User(GuestPhysicalAddress frame, AccessRights rights) =>
        rights == AccessRights.None
            ? new GuestPte(frame.Value | FrameBit)
            : new GuestPte(frame.Value | FrameBit | PresentBit | UserBit | WriteBit(rights) | NoExecute(rights));

    /// <summary>A page of 2 MiB for privilege level 3.</summary>
    public static GuestPte UserLarge(GuestPhysicalAddress frame, AccessRights rights) => new(User(frame, rights).Bits | LargeBit);

    /// <summary>A page for privilege level 0.</summary>
    public static GuestPte Supervisor(GuestPhysicalAddress frame, AccessRights rights) =>
        new(frame.Value | FrameBit | PresentBit | WriteBit(rights) | NoExecute(rights));

    /// <summary>The next table, which leaves rights to its entries.</summary>
    public static GuestPte Table(GuestPhysicalAddress table) => new(table.Value | FrameBit | PresentBit | WritableBit | UserBit);

    /// <summary>The same frame with other rights for privilege level 3.</summary>
    public GuestPte With(AccessRights rights) => User(Address, rights);

    /// <summary>Whether translations that follow from this entry would be wrong for the next one, so that they must be forgotten.</summary>
    public bool IsNarrowedBy(GuestPte next) => IsPresent
        && (!next.IsPresent || next.Address != Address || (IsWritable && !next.IsWritable) || (IsExecutable && !next.IsExecutable));

    private static ulong WriteBit(AccessRights rights) => (rights & AccessRights.Write) != 0 ? WritableBit : 0;

    private static ulong NoExecute(AccessRights rights) => (rights & AccessRights.Execute) != 0 ? 0 : NoExecuteBit;
}
