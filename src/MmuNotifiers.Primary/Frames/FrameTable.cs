using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>The state of every frame of a pool: counts, owner, flags. Frame numbers come from the pool and are in range.</summary>
/// <remarks>
/// A reference is taken only by one who holds another already, the lock of a leaf that maps the frame, or the lock of the page
/// cache that keeps it; never on the strength of a frame number alone. That is why counts that say "only mine" may be changed by
/// plain stores.
/// </remarks>
internal sealed unsafe class FrameTable : IDisposable
{
    private readonly OwnerSlot[] _owners;

    /// <summary>The counts of each frame by themselves, eight frames to a cache line: fork and exit touch nothing else of most frames.</summary>
    private long* _counts;

    private FrameState* _states;

    internal FrameTable(long frames)
    {
        // SAFETY: both zeroed, freed once in Dispose; indexed only by frame numbers below the count.
        _counts = (long*)NativeMemory.AllocZeroed((nuint)frames, sizeof(long));
        _states = (FrameState*)NativeMemory.AllocZeroed((nuint)frames, (nuint)sizeof(FrameState));
        _owners = new OwnerSlot[frames];
    }

    /// <summary>How many references and mappings a frame has, at one moment.</summary>
    internal FrameCounts Counts(FrameNumber frame) => new(Shared.Read(in CountsAt(frame), step: "frame counts"));

    /// <summary>How many references a frame has.</summary>
    internal int References(FrameNumber frame) => Counts(frame).References;

    /// <summary>How many ptes point at a frame.</summary>
    internal int Mappings(FrameNumber frame) => Counts(frame).Mappings;

    /// <summary>How many pins a frame has.</summary>
    internal int Pins(FrameNumber frame) => Shared.Read(in At(frame).Pins, step: "frame pins");

    /// <summary>How often the frame was freed.</summary>
    internal int Generation(FrameNumber frame) => Shared.Read(in At(frame).Generation, step: "frame generation");

    /// <summary>Takes a reference; the caller knows that there is one already.</summary>
    internal void Get(FrameNumber frame) => Shared.Count(ref CountsAt(frame), FrameCounts.OneReference, step: "get frame");

    /// <summary>Counts a pte that points here, and its reference.</summary>
    internal void AddMapping(FrameNumber frame) => Shared.Count(ref CountsAt(frame), FrameCounts.OneMapping, step: "map frame");

    /// <summary>
    /// Counts a second pte beside the only one, unless the frame is pinned. The caller holds the lock of the leaf with that one,
    /// which is exclusive: nobody else can come to the frame, unless somebody holds a further reference already.
    /// </summary>
    /// <returns>False if the frame is pinned.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryShareExclusive(FrameNumber frame)
    {
        ref long counts = ref CountsAt(frame);
        if (Shared.Read(in counts, step: "frame counts") == FrameCounts.OneMapping)
        {
            // A pin would hold a second reference.
            Shared.Write(ref counts, 2 * FrameCounts.OneMapping, step: "map frame");
            return true;
        }

        if (Pins(frame) > 0)
        {
            return false;
        }

        AddMapping(frame);
        return true;
    }

    /// <summary>As <see cref="TryShareExclusive(FrameNumber)"/>, for eight frames on which there is no reference but that of their only pte.</summary>
    /// <returns>False if there is one: nothing was done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryShareExclusive(Vector512<ulong> frames)
    {
        ulong first = frames[0];
        bool ascends = Vector512.EqualsAll(frames, Vector512.Create(first) + Vector512<ulong>.Indices);
        if (!ascends && !Vector512.EqualsAll(frames, Vector512.Create(first) - Vector512<ulong>.Indices))
        {
            return TryShareScattered(frames);
        }

        // SAFETY: all eight are frames of the pool, so that their counts lie side by side in the table.
        long* counts = _counts + (ascends ? first : first - (ulong)(Vector512<ulong>.Count - 1));
        if (!Vector512.EqualsAll(Vector512.Load(counts), Vector512.Create(FrameCounts.OneMapping)))
        {
            return false;
        }

        Vector512.Create(2 * FrameCounts.OneMapping).Store(counts);
        return true;
    }

    private bool TryShareScattered(Vector512<ulong> frames)
    {
        long others = 0;
        for (int i = 0; i < Vector512<ulong>.Count; i++)
        {
            others |= _counts[frames[i]] ^ FrameCounts.OneMapping;
        }

        for (int i = 0; others == 0 && i < Vector512<ulong>.Count; i++)
        {
            _counts[frames[i]] = 2 * FrameCounts.OneMapping;
        }

        return others == 0;
    }

    /// <summary>Makes the only reference, the caller's, a mapping.</summary>
    internal void BecomeMapped(FrameNumber frame) => Shared.Write(ref CountsAt(frame), FrameCounts.OneMapping, step: "map frame");

    /// <summary>Turns a reference that the caller holds into a mapping.</summary>
    internal void ReferenceBecomesMapping(FrameNumber frame) =>
        Shared.Count(ref CountsAt(frame), FrameCounts.OneMapping - FrameCounts.OneReference, step: "map frame");

    /// <summary>Uncounts a pte; its reference stays with the caller, who drops it after the notifiers ran.</summary>
    internal void MappingBecomesReference(FrameNumber frame) =>
        Shared.Count(ref CountsAt(frame), FrameCounts.OneReference - FrameCounts.OneMapping, step: "unmap frame");

    /// <summary>Drops a reference.</summary>
    /// <returns>How many references and mappings are left, as <see cref="FrameCounts"/> has them: 0 if it was the last.</returns>
    internal long Drop(FrameNumber frame)
    {
        long left = Shared.AddOrStore(ref CountsAt(frame), -FrameCounts.OneReference, alone: FrameCounts.OneReference, step: "put frame");
        InvariantViolationException.ThrowIf((int)left < 0, "A frame was freed twice.");
        return left;
    }

    /// <summary>Adds a pin and its reference. Under the lock of a leaf that maps the frame.</summary>
    internal void Pin(FrameNumber frame)
    {
        Get(frame);
        Shared.Count(ref At(frame).Pins, 1, step: "pin frame");
    }

    /// <summary>Removes a pin; its reference stays with the caller.</summary>
    internal void Unpin(FrameNumber frame)
    {
        int pins = Shared.Add(ref At(frame).Pins, -1, step: "unpin frame");
        InvariantViolationException.ThrowIf(pins < 0, "A frame was unpinned more often than pinned.");
    }

    /// <summary>Says to whom a frame belongs, and as which page. The caller holds the only reference.</summary>
    internal void SetOwner(FrameNumber frame, object owner, ulong index, FrameFlags flags = FrameFlags.None)
    {
        ref FrameState state = ref At(frame);
        Shared.Write(ref state.Index, index, step: "frame index");
        Shared.Write(ref state.Flags, (int)flags, step: "frame flags");
        Shared.Write(ref _owners[frame.Value].Owner, owner, _owners, "frame owner");
    }

    /// <summary>Says to whom a frame belongs that came from swap. It is mapped nowhere, and the lock of its slot is held.</summary>
    internal void Adopt(FrameNumber frame, AnonymousFamily family, ulong index)
    {
        Shared.Write(ref At(frame).Index, index, step: "frame index");
        Mark(frame, FrameFlags.Anonymous);
        Shared.Write(ref _owners[frame.Value].Owner, family, _owners, "frame owner");
    }

    /// <summary>
    /// As <see cref="SetOwner"/>, where others may hold references already: the frame is in the swap cache, belongs to nobody yet, and keeps
    /// its flags. Under the lock of the page cache that it enters.
    /// </summary>
    internal void GiveTo(FrameNumber frame, MemoryObject owner, ulong index)
    {
        Shared.Write(ref At(frame).Index, index, step: "frame index");
        Shared.Write(ref _owners[frame.Value].Owner, owner, _owners, "frame owner");
    }

    /// <summary>The frame belongs to nobody any more: it left its object.</summary>
    internal void ClearOwner(FrameNumber frame) => Shared.Write(ref _owners[frame.Value].Owner, null, _owners, "frame owner");

    /// <summary>Whose page a frame is, or null.</summary>
    internal object? Owner(FrameNumber frame) => Shared.Read(in _owners[frame.Value].Owner, _owners, "frame owner");

    /// <summary>The page offset of a frame within its owner.</summary>
    internal ulong Index(FrameNumber frame) => Shared.Read(in At(frame).Index, step: "frame index");

    /// <summary>Whether a frame is a certain page of a certain owner.</summary>
    internal bool IsOwnedBy(FrameNumber frame, object owner, ulong index) =>
        ReferenceEquals(Owner(frame), owner) && Index(frame) == index;

    /// <summary>What is known of a frame beside its counts.</summary>
    internal FrameFlags Flags(FrameNumber frame) => (FrameFlags)Shared.Read(in At(frame).Flags, step: "frame flags");

    /// <summary>Those of some flags that are set.</summary>
    internal FrameFlags Flags(FrameNumber frame, FrameFlags among) => (FrameFlags)Shared.ReadBits(in At(frame).Flags, (int)among, step: "frame flags");

    /// <summary>Whether a frame is a private page that was not merged with others.</summary>
    internal bool IsPlainPrivate(FrameNumber frame) => Flags(frame, FrameFlags.Anonymous | FrameFlags.Merged) == FrameFlags.Anonymous;

    /// <summary>
    /// Whether no pte points at a frame, nobody has pinned it, and there are exactly so many references. If the caller holds them all, and
    /// the lock under which a page cache would give another, that stays so.
    /// </summary>
    internal bool IsUnmapped(FrameNumber frame, int references) =>
        Shared.Read(in CountsAt(frame), step: "frame counts") == references * FrameCounts.OneReference && Pins(frame) == 0;

    /// <summary>Whether a flag is set.</summary>
    internal bool Has(FrameNumber frame, FrameFlags flag) => Flags(frame, flag) != 0;

    /// <summary>Sets a flag.</summary>
    internal void Mark(FrameNumber frame, FrameFlags flag)
    {
        if (!Has(frame, flag))
        {
            Shared.SetBits(ref At(frame).Flags, (int)flag, step: "frame flags");
        }
    }

    /// <summary>Sets a flag of a frame that the caller has a reference on.</summary>
    /// <returns>Whether it was not set.</returns>
    internal bool TestAndSet(FrameNumber frame, FrameFlags flag) =>
        !Shared.SetBits(ref At(frame).Flags, (int)flag, step: "frame flags");

    /// <summary>The bytes are newer than what lies behind them.</summary>
    internal void MarkDirty(FrameNumber frame) => Mark(frame, FrameFlags.Dirty);

    /// <summary>Takes the dirty flag: the caller is about to write the bytes back.</summary>
    internal bool TestAndClearDirty(FrameNumber frame) => TestAndClear(frame, FrameFlags.Dirty);

    /// <summary>Clears a flag.</summary>
    /// <returns>Whether it was set.</returns>
    internal bool TestAndClear(FrameNumber frame, FrameFlags flag) =>
        Has(frame, flag) && Shared.ClearBits(ref At(frame).Flags, (int)flag, step: "frame flags");

    /// <summary>A frame leaves the free list, with one reference.</summary>
    internal void Activate(FrameNumber frame) => Shared.Write(ref CountsAt(frame), FrameCounts.OneReference, step: "frame counts");

    /// <summary>A frame is about to become free.</summary>
    internal void Retire(FrameNumber frame)
    {
        ref FrameState state = ref At(frame);
        InvariantViolationException.ThrowIf(CountsAt(frame) != 0 || state.Pins != 0, "A frame is freed while somebody uses it.");
        ref object? owner = ref _owners[frame.Value].Owner;
        if (owner is not null)
        {
            // Whoever has the frame's number alone, as reclaim has, looks at its owner and flags meanwhile.
            Shared.Write(ref owner, null, _owners, "frame owner");
        }

        Shared.Write(ref state.Flags, 0, step: "frame flags");
        Shared.Write(ref state.Generation, state.Generation + 1, step: "frame generation");
    }

    /// <summary>The frame whose state lies at an address, or null; for a checker that names it.</summary>
    internal FrameNumber? FrameOfState(nint address)
    {
        ulong byCounts = (ulong)(address - (nint)_counts) / sizeof(long);
        ulong byState = (ulong)(address - (nint)_states) / (ulong)sizeof(FrameState);
        ulong number = Math.Min(byCounts, byState);
        return number < (ulong)_owners.Length ? new FrameNumber(number) : null;
    }

    /// <summary>Forgets everything about the frames below a number, the zero page aside. None of them is in use.</summary>
    internal void Reset(long end)
    {
        // SAFETY: the end is at most the count of the pool's frames.
        NativeMemory.Clear(_counts + 1, (nuint)(end - 1) * sizeof(long));
        NativeMemory.Clear(_states + 1, (nuint)(end - 1) * (nuint)sizeof(FrameState));
        Array.Clear(_owners, 0, (int)end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_counts);
        NativeMemory.Free(_states);
        _counts = null;
        _states = null;
    }

    // SAFETY: frame numbers come from the pool that owns this table and lie below its frame count.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref FrameState At(FrameNumber frame) => ref _states[frame.Value];

    // SAFETY: see At.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref long CountsAt(FrameNumber frame) => ref _counts[frame.Value];
}
