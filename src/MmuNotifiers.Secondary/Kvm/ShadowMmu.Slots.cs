using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>Memory slots: what of the host's address space is the guest's memory.</summary>
/// <remarks>
/// A bracket searches the slots in its start and again in its end; were they exchanged in between, its count would go up in one set
/// and down in another. So an exchange waits until no bracket is open. It may wait for long where brackets never cease, as
/// in KVM. Where each slot has a subscription of its own there is nothing to search and nothing to wait for.
/// </remarks>
public sealed partial class ShadowMmu
{
    private const ulong GuestFrames = 1UL << 40;

    /// <summary>KVM's slots_lock.</summary>
    private readonly SharedLock _slotsLock = new();

    /// <summary>Replaced under the slots lock and the active monitor while no bracket is open; read without.</summary>
    private MemorySlots _slots = MemorySlots.Empty;

    /// <summary>
    /// Makes host addresses a part of the guest's physical memory. Blocks while brackets are open; not from inside a callback or
    /// a bracket.
    /// </summary>
    /// <param name="id">The slot's number, below <see cref="MaxSlots"/>; not in use.</param>
    /// <param name="firstFrame">The slot's first guest frame.</param>
    /// <param name="userRange">The host addresses, page aligned and not empty. They need not be mapped yet.</param>
    /// <param name="flags">How it may be used.</param>
    /// <exception cref="ArgumentException">The number is in use, or another slot has some of the guest frames.</exception>
    public void AddMemorySlot(int id, GuestFrameNumber firstFrame, AddressRange userRange, MemorySlotFlags flags = MemorySlotFlags.None) =>
        AddMemorySlots([new MemorySlotDescription(id, firstFrame, userRange, flags)]);

    /// <summary>As <see cref="AddMemorySlot"/>, for many at once: brackets are waited for once, and the slots are ordered once.</summary>
    /// <param name="descriptions">The slots; on an error none of them is made.</param>
    /// <exception cref="ArgumentException">A number is in use, or two slots have some of the same guest frames.</exception>
    public void AddMemorySlots(params ReadOnlySpan<MemorySlotDescription> descriptions)
    {
        List<MemorySlot> added = new(descriptions.Length);
        foreach (ref readonly MemorySlotDescription description in descriptions)
        {
            ThrowIfUnsound(in description);
            added.Add(new MemorySlot(description.Id, description.FirstFrame, description.UserRange, description.Flags));
        }

        using SharedLock.Scope scope = _slotsLock.EnterScope();
        MemorySlots slots = _slots.With(added);
        slots.ThrowIfCollision();
        added.ForEach(Subscribe);
        ExchangeSlots(slots);
    }

    /// <summary>
    /// Takes a slot's memory from the guest. Blocks while brackets are open; on return no access to it is in flight.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such slot.</exception>
    public void RemoveMemorySlot(int id)
    {
        using SharedLock.Scope scope = _slotsLock.EnterScope();
        MemorySlot slot = Require(id);

        // Empty before it leaves: a bracket no longer finds it afterwards.
        _mmuLock.Enter();
        slot.MarkRemoved();
        ZapVisitor visitor = new(_primary);
        slot.Visit(slot.UserRange, ref visitor);
        FlushLocked(visitor.Zapped);
        _mmuLock.Exit();
        ExchangeSlots(_slots.With(null, slot));
        slot.Subscription?.Dispose();
    }

    /// <summary>Starts or stops noting which pages the guest writes. Blocks while brackets are open.</summary>
    /// <exception cref="ArgumentException">There is no such slot.</exception>
    public void SetDirtyLogging(int id, bool enabled)
    {
        using SharedLock.Scope scope = _slotsLock.EnterScope();
        MemorySlot old = Require(id);
        MemorySlotFlags flags = enabled ? old.Flags | MemorySlotFlags.LogDirtyPages : old.Flags & ~MemorySlotFlags.LogDirtyPages;
        if (flags == old.Flags)
        {
            return;
        }

        // The table stays the same, so brackets find the entries through either.
        MemorySlot slot = old.WithFlags(flags);
        ExchangeSlots(_slots.With(slot, old));
        using SharedLock.Scope mmu = _mmuLock.EnterScope();
        old.MarkRemoved();
        if (slot.Subscription is { Notifier: SlotNotifier notifier })
        {
            notifier.Slot = slot;
        }

        if (enabled)
        {
            WriteProtectVisitor visitor = default;
            slot.Visit(slot.UserRange, ref visitor);
            FlushLocked(visitor.Protected);
        }
    }

    /// <summary>
    /// Takes the log of a slot: which pages the guest has written since it was last taken. On return each store that it reports is
    /// done, and each later one will be reported the next time.
    /// </summary>
    /// <param name="id">A slot with a log.</param>
    /// <param name="pages">Receives one bit for each page, the slot's first in bit 0 of the first word.</param>
    /// <returns>How many pages were written.</returns>
    /// <exception cref="ArgumentException">There is no such slot, it has no log, or the room is too short.</exception>
    public int TakeDirtyLog(int id, Span<ulong> pages)
    {
        using SharedLock.Scope scope = _slotsLock.EnterScope();
        MemorySlot slot = Require(id);
        if (!slot.LogsDirtyPages || pages.Length < slot.DirtyLogWords)
        {
            throw new ArgumentException($"Slot {id} has a log of {slot.DirtyLogWords} words; there is room for {pages.Length}.", nameof(pages));
        }

        using SharedLock.Scope mmu = _mmuLock.EnterScope();
        int written = 0;
        WriteProtectVisitor visitor = default;
        for (int word = 0; word < slot.DirtyLogWords; word++)
        {
            pages[word] = slot.TakeDirty(word);
            if (pages[word] != 0)
            {
                written += System.Numerics.BitOperations.PopCount(pages[word]);
                VirtualAddress start = slot.UserRange.Start + ((ulong)word << (6 + Page.Shift));
                slot.Visit(AddressRange.FromPages(start, 64), ref visitor);
            }
        }

        FlushLocked(visitor.Protected);
        return written;
    }

    /// <summary>The slot of a guest frame at this moment.</summary>
    internal MemorySlot? FindSlot(GuestFrameNumber frame) => Shared.Read(in _slots, this).Find(frame);

    private static void ThrowIfUnsound(ref readonly MemorySlotDescription slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot.Id, nameof(slot));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot.Id, MaxSlots, nameof(slot));
        if (slot.UserRange.IsEmpty || !slot.UserRange.IsPageAligned)
        {
            throw new ArgumentException($"A memory slot is page aligned and not empty: {slot.UserRange}.", nameof(slot));
        }

        if (slot.FirstFrame.Value >= GuestFrames || slot.UserRange.Pages > GuestFrames - slot.FirstFrame.Value)
        {
            throw new ArgumentOutOfRangeException(
                nameof(slot), $"A guest has 0x{GuestFrames:x} frames: {slot.FirstFrame}, 0x{slot.UserRange.Pages:x} pages.");
        }
    }

    private MemorySlot Require(int id) =>
        _slots.FindById(id) ?? throw new ArgumentException($"There is no memory slot {id}.", nameof(id));

    private void ExchangeSlots(MemorySlots slots)
    {
        _activeMonitor.Enter();
        while (_activeBrackets > 0)
        {
            _activeMonitor.Wait();
        }

        Shared.Write(ref _slots, slots, this);
        _activeMonitor.Exit();
    }
}
