using System.Runtime.Intrinsics;

namespace MmuNotifiers.Primary;

/// <summary>
/// A page-table entry: one word that is either empty, present with a frame and rights, or something else with a payload.
/// </summary>
/// <remarks>
/// <code>
///   bit   0 1 2 3 4 5 6 7 8  9..11  12..63
///         P R W X A D S E Z  O -    frame number                 present
///         0 kind...          - -    page offset, ...             not present (kind in bits 1 to 3)
///         0 7     - - S E -  - -    swap entry                   evicted
/// </code>
/// A writable pte of a private area points at a frame that is exclusively its own; the reverse need not hold. A pte that is writable
/// and dirty is soft-dirty: so the first store after soft-dirty was cleared is a fault, or sets the dirty bit and with it the other.
/// </remarks>
internal readonly record struct Pte(ulong Bits)
{
    private const ulong PresentBit = 1 << 0;
    private const ulong ReadBit = 1 << 1;
    private const ulong WriteBit = 1 << 2;
    private const ulong ExecuteBit = 1 << 3;
    private const ulong AccessedBit = 1 << 4;
    private const ulong DirtyBit = 1 << 5;
    private const ulong SoftDirtyBit = 1 << 6;
    private const ulong ExclusiveBit = 1 << 7;
    private const ulong SpecialBit = 1 << 8;
    private const ulong ObjectBit = 1 << 9;
    private const ulong ExclusiveOnlyBits = WriteBit | ExclusiveBit;
    private const int KindShift = 1;
    private const ulong KindMask = 7UL << KindShift;
    private const int PayloadShift = 12;
    private const int RightsShift = 1;

    /// <summary>Nothing.</summary>
    internal static Pte None => default;

    internal static Pte Guard => NotPresent(PteKind.Guard, 0);

    internal static Pte Migration => NotPresent(PteKind.Migration, 0);

    /// <summary>What every entry of a leaf is while a huge page takes its place.</summary>
    internal static Pte InHugePage => NotPresent(PteKind.HugePage, 0);

    internal bool IsNone => Bits == 0;

    internal bool IsPresent => (Bits & PresentBit) != 0;

    internal PteKind Kind => IsPresent ? PteKind.Present : (PteKind)((Bits & KindMask) >> KindShift);

    /// <summary>Whether a frame is counted as mapped here, though perhaps only a device may use it.</summary>
    internal bool HoldsFrame => IsPresent || Kind == PteKind.DeviceExclusive;

    internal bool IsInHugePage => Kind == PteKind.HugePage;

    internal bool IsGuard => Kind == PteKind.Guard;

    /// <summary>The frame of a present pte.</summary>
    internal FrameNumber Frame => new(Bits >> PayloadShift);

    /// <summary>What a pte that is not present carries: a page offset or a slot.</summary>
    internal ulong Payload => Bits >> PayloadShift;

    internal bool IsWritable => (Bits & WriteBit) != 0;

    internal bool IsAccessed => (Bits & AccessedBit) != 0;

    internal bool IsDirty => (Bits & DirtyBit) != 0;

    /// <summary>Written since that was last cleared, see <see cref="AddressSpace.ClearSoftDirty"/>.</summary>
    internal bool IsSoftDirty => (Bits & SoftDirtyBit) != 0;

    /// <summary>The private frame has no other user than this pte, its pins and the swap cache.</summary>
    internal bool IsExclusive => (Bits & (ExclusiveBit | PresentBit)) == (ExclusiveBit | PresentBit);

    /// <summary>Whether the page was evicted.</summary>
    internal bool IsSwap => Kind == PteKind.Swap;

    /// <summary>Where an evicted page is.</summary>
    internal SwapEntry SwapEntry => SwapEntry.Of(Payload);

    /// <summary>Whether an evicted page was <see cref="IsExclusive"/>, and no fork has shared it since.</summary>
    internal bool IsSwapExclusive => (Bits & ExclusiveBit) != 0;

    /// <summary>The frame is not counted: the zero page, or a frame that belongs to nobody here.</summary>
    internal bool IsSpecial => (Bits & SpecialBit) != 0;

    /// <summary>The frame is the page of an object, not a private page.</summary>
    internal bool IsObject => (Bits & ObjectBit) != 0;

    /// <summary>The rights of a present pte.</summary>
    internal AccessRights Rights => (AccessRights)((Bits >> RightsShift) & 7);

    internal static Pte Present(FrameNumber frame, AccessRights rights) =>
        new(PresentBit | ((ulong)rights << RightsShift) | (frame.Value << PayloadShift));

    internal static Pte NotPresent(PteKind kind, ulong payload) => new(((ulong)kind << KindShift) | (payload << PayloadShift));

    /// <summary>A present pte as it is after eviction: what is known of the page beside its frame stays.</summary>
    internal Pte ForSwap(SwapEntry entry) =>
        new(NotPresent(PteKind.Swap, entry.Value).Bits | (Bits & (SoftDirtyBit | ExclusiveBit)));

    internal static Pte Nonlinear(ulong pageOffset) => NotPresent(PteKind.Nonlinear, pageOffset);

    /// <summary>Whether a present pte allows an access without a fault, its accessed and dirty bits aside.</summary>
    internal bool Allows(AccessRights access) => IsPresent && (Rights & access) == access;

    /// <summary>Whether an access changes nothing in the pte: it is allowed, and the accessed and dirty bits are set already.</summary>
    internal bool IsHit(AccessRights access)
    {
        ulong needed = PresentBit | AccessedBit | ((ulong)access << RightsShift)
            | ((access & AccessRights.Write) != 0 ? DirtyBit : 0);
        return (Bits & needed) == needed;
    }

    internal Pte WithRights(AccessRights rights) =>
        new((Bits & ~(ReadBit | WriteBit | ExecuteBit)) | ((ulong)rights << RightsShift));

    internal Pte WithoutWrite() => new(Bits & ~WriteBit);

    internal Pte Used(AccessRights access) =>
        new(Bits | AccessedBit | ((access & AccessRights.Write) != 0 ? DirtyBit | SoftDirtyBit : 0));

    internal Pte Old() => new(Bits & ~AccessedBit);

    internal Pte Clean() => new(Bits & ~DirtyBit);

    internal Pte SoftDirty() => new(Bits | SoftDirtyBit);

    internal Pte NotSoftDirty() => new(Bits & ~SoftDirtyBit);

    /// <summary>The same state of another frame.</summary>
    internal Pte WithFrame(FrameNumber frame) => new((Bits & ((1UL << PayloadShift) - 1)) | (frame.Value << PayloadShift));

    /// <summary>An exclusive pte as it is while a device has the frame for itself: its rights are those of the area when that ends.</summary>
    internal Pte ForDevice() =>
        new((Bits & ~(PresentBit | KindMask | ExclusiveBit)) | ((ulong)PteKind.DeviceExclusive << KindShift));

    /// <summary>The other way round.</summary>
    internal Pte ForCpu(AccessRights rights) =>
        new Pte((Bits & ~KindMask) | PresentBit).WithRights(rights).Exclusive();

    internal Pte Exclusive() => new(Bits | ExclusiveBit);

    internal Pte NotExclusive() => new(Bits & ~ExclusiveBit);

    /// <summary>An exclusive pte as it is once a fork shares its page.</summary>
    internal Pte Shared() => new(Bits & ~ExclusiveOnlyBits);

    /// <summary>As <see cref="Shared()"/>, for several ptes.</summary>
    internal static Vector512<ulong> Shared(Vector512<ulong> ptes) => Vector512.AndNot(ptes, Vector512.Create(ExclusiveOnlyBits));

    /// <summary>As <see cref="Old()"/>, for several ptes.</summary>
    internal static Vector512<ulong> Old(Vector512<ulong> ptes) => Vector512.AndNot(ptes, Vector512.Create(AccessedBit));

    /// <summary>Whether several ptes are all exclusive.</summary>
    internal static bool AreExclusive(Vector512<ulong> ptes) =>
        Vector512.EqualsAll(ptes & Vector512.Create(ExclusiveBit | PresentBit), Vector512.Create(ExclusiveBit | PresentBit));

    /// <summary>The frames of several present ptes.</summary>
    internal static Vector512<ulong> Frames(Vector512<ulong> ptes) => ptes >>> PayloadShift;

    internal Pte Special() => new(Bits | SpecialBit);

    internal Pte OfObject() => new(Bits | ObjectBit);

    /// <summary>The pte in one line, for messages: <c>frame 7 rw, dirty</c>.</summary>
    public override string ToString() => Kind switch
    {
        PteKind.None => "none",
        PteKind.Swap => $"{SwapEntry}{(IsSwapExclusive ? ", exclusive" : string.Empty)}",
        PteKind.Present => $"{Frame} {Rights}{(IsDirty ? ", dirty" : string.Empty)}{(IsExclusive ? ", exclusive" : string.Empty)}",
        PteKind kind => $"{kind} {Payload}",
    };
}
