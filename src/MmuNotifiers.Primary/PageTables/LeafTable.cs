using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// The last level of a page table: 512 ptes and their lock. The value is a reference to native memory of a <see cref="TablePool"/>.
/// </summary>
/// <remarks>
/// A leaf leaves its page table when it is empty and no area is left in its reach, and may serve another then. Who holds the map
/// lock knows that this does not happen. Everyone else rechecks, in one of these ways:
/// <list type="bullet">
/// <item>a fault, under the leaf's lock: that the map sequence is still the one that it read before the walk;</item>
/// <item>others, under the leaf's lock: <see cref="BelongsTo"/>;</item>
/// <item>without the lock: <see cref="ReadRevocations"/>, <see cref="BelongsTo"/>, use, and the same revocations as before.</item>
/// </list>
/// </remarks>
internal readonly unsafe struct LeafTable
{
    internal const int Entries = 512;

    /// <summary>How many entries lie on one cache line, and are read and written as one vector.</summary>
    internal const int GroupEntries = 8;

    internal const ulong SpanBytes = (ulong)Entries << Page.Shift;

    private readonly LeafHeader* _header;

    internal LeafTable(LeafHeader* header) => _header = header;

    /// <summary>Whether there is no table.</summary>
    internal bool IsNull => _header is null;

    /// <summary>The addresses that the table translates.</summary>
    internal AddressRange Range => AddressRange.FromLength(new VirtualAddress(_header->BaseAddress), SpanBytes);

    /// <summary>How many entries are not empty. The lock is held.</summary>
    internal int Used => _header->Used;

    /// <summary>What the entries stand for; without the lock it may be out of date at once.</summary>
    internal PageCounts ReadCounts() => IsHuge
        ? default(PageCounts).PlusAnonymous(Entries)
        : new PageCounts(Shared.Read(in _header->Counts, step: "page counts"));

    /// <summary>The order in which two leaves are locked.</summary>
    internal nint LockOrder => (nint)_header;

    /// <summary>The entry's number for an address of the table.</summary>
    internal static int IndexOf(VirtualAddress address) => (int)(address.PageNumber & (Entries - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Lock([CallerMemberName] string step = "") => SharedSpinLock.Enter(ref _header->Lock, null, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Unlock([CallerMemberName] string step = "") => SharedSpinLock.Exit(ref _header->Lock, null, step);

    /// <summary>Whether somebody holds the lock at this moment: for assertions.</summary>
    internal bool IsLocked => Shared.Read(in _header->Lock, step: "leaf lock") != 0;

    /// <summary>Whether this is the leaf of the page table with a certain root that translates an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool BelongsTo(PageTable table, VirtualAddress address) =>
        Shared.Read(in _header->Owner, step: "leaf owner") == table.Root
        && Shared.Read(in _header->BaseAddress, step: "leaf base") == (address.Value & ~(SpanBytes - 1));

    /// <summary>Reads a pte; without the lock it may be out of date at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Pte Read(int index) => new(Shared.Read(in Entry(index), step: "pte"));

    /// <summary>Whether a huge page takes the place of the entries. Under the map lock the answer lasts.</summary>
    internal bool IsHuge => Shared.Read(in _header->Huge, step: "huge pte") != 0;

    /// <summary>As <see cref="Read"/>; within a huge page, the pte that the page would have if it were split.</summary>
    internal Pte Translate(int index)
    {
        Pte pte = Read(index);
        if (!pte.IsInHugePage)
        {
            return pte;
        }

        Pte huge = new(Shared.Read(in _header->Huge, step: "huge pte"));
        return huge.IsNone ? huge : huge.WithFrame(new FrameNumber(huge.Frame.Value + (ulong)index));
    }

    /// <summary>Looks once more at an entry that was no hit, in case it is part of a huge page.</summary>
    internal bool IsHitInHugePage(int index, AccessRights access, ref Pte pte)
    {
        pte = pte.IsInHugePage ? Translate(index) : pte;
        return pte.IsHit(access);
    }

    /// <summary>Sets the accessed and dirty bits that an access sets, in the huge page if the entry is part of one. The lock is held.</summary>
    internal void MarkUsed(int index, AccessRights access)
    {
        Pte pte = Read(index);
        if (pte.IsInHugePage)
        {
            LoadHuge(new Pte(_header->Huge).Used(access));
        }
        else
        {
            Load(index, pte.Used(access));
        }
    }

    /// <summary>Clears the accessed bit of an entry, or of the huge page that it is part of. The lock is held.</summary>
    internal void MarkOld(int index)
    {
        Pte pte = Read(index);
        if (pte.IsInHugePage)
        {
            LoadHuge(new Pte(_header->Huge).Old());
        }
        else
        {
            Load(index, pte.Old());
        }
    }

    /// <summary>Sets the pte of the huge page, before the entries refer to it or after they stopped. The lock is held.</summary>
    internal void LoadHuge(Pte pte) => Shared.Write(ref _header->Huge, pte.Bits, step: "huge pte");

    /// <summary>How often entries were revoked; a reader without the lock compares it before and after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long ReadRevocations() => Shared.Read(in _header->Revocations, step: "leaf revocations");

    /// <summary>
    /// Fills an entry that translates nothing, or adds rights or accessed and dirty bits to one: the stores that need no bracket.
    /// The lock is held.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Load(int index, Pte pte)
    {
        ref ulong entry = ref Entry(index);
        if (entry == 0)
        {
            _header->Used++;
        }

        Count(new Pte(entry), pte);
        Shared.Write(ref entry, pte.Bits, step: "load pte");
    }

    /// <summary>Fills an entry that is empty by a private page, without counting it. The lock is held; <see cref="CountFilled"/> follows under it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fill(int index, Pte pte) => Shared.Write(ref Entry(index), pte.Bits, step: "load pte");

    /// <summary>Counts what <see cref="Fill"/> filled. The lock is held.</summary>
    internal void CountFilled(int entries)
    {
        _header->Used += entries;
        _header->Counts = new PageCounts(_header->Counts).PlusAnonymous(entries).Bits;
    }

    /// <summary>As <see cref="Revoke"/>, for an entry that keeps its frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Weaken(int index, Pte pte) => Shared.Write(ref Entry(index), pte.Bits, step: "revoke pte");

    /// <summary>
    /// Shares a group of exclusive pages with a table whose entries there are empty: this one's are weakened, that one's filled but not counted.
    /// Both locks are held, and a bracket covers the pages. A reader without a lock sees each entry as it was or as it becomes.
    /// </summary>
    /// <returns>False if not all of them are exclusive, or somebody holds another reference on one: nothing was done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryShareGroup(int first, LeafTable copy, FrameTable frames)
    {
        // SAFETY: a group lies within the table; see Entry.
        Vector512<ulong> ptes = Vector512.LoadUnsafe(ref Entry(first));
        if (!Pte.AreExclusive(ptes) || !frames.TryShareExclusive(Pte.Frames(ptes)))
        {
            return false;
        }

        Vector512<ulong> shared = Pte.Shared(ptes);
        shared.StoreUnsafe(ref Entry(first));
        Pte.Old(shared).StoreUnsafe(ref copy.Entry(first));
        return true;
    }

    /// <summary>
    /// Replaces an entry by one that translates less or to another frame. The lock is held, and a bracket covers the page: only
    /// <see cref="AddressSpace"/> calls this, from where it is asserted; the removal of a guard, which
    /// nobody translates, needs none. <see cref="EndRevocation"/> follows under the same lock.
    /// </summary>
    internal void Revoke(int index, Pte pte)
    {
        ref ulong entry = ref Entry(index);
        _header->Used += (pte.IsNone ? 0 : 1) - (entry == 0 ? 0 : 1);
        Count(new Pte(entry), pte);
        Shared.Write(ref entry, pte.Bits, step: "revoke pte");
    }

    /// <summary>Lets readers without the lock notice what was revoked.</summary>
    internal void EndRevocation() =>
        Shared.Write(ref _header->Revocations, _header->Revocations + 1, step: "leaf revocations");

    /// <summary>Makes the leaf one of a page table, for the addresses from a base address on, before anybody can find it.</summary>
    internal void Join(nint root, ulong baseAddress)
    {
        Shared.Write(ref _header->BaseAddress, baseAddress, step: "leaf base");
        Shared.Write(ref _header->Owner, root, step: "leaf owner");
    }

    /// <summary>The leaf leaves its page table. The lock is held and no entry is in use.</summary>
    internal void Leave()
    {
        Shared.Write(ref _header->Owner, 0, step: "leaf owner");
        EndRevocation();
    }

    /// <summary>Where an entry lies, for a checker that names it.</summary>
    internal nint AddressOf(int index) => (nint)(_header + 1) + (index * sizeof(ulong));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(Pte old, Pte pte)
    {
        if (!PageCounts.AreAlike(old, pte))
        {
            _header->Counts = new PageCounts(_header->Counts).Replaced(old, pte).Bits;
        }
    }

    // SAFETY: the entries follow the header; index is below 512 because callers take it from IndexOf or count up to Entries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Entry(int index) => ref ((ulong*)(_header + 1))[index];
}
