using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>
/// The shadow MMU of a virtual machine whose guest is directly mapped: memory slots say which host addresses are the guest's physical
/// memory, shadow tables hold the translations that its virtual CPUs use. It pins nothing; it subscribes to the address space
/// and follows the count-and-sequence protocol of KVM.
/// </summary>
/// <remarks>
/// Lock order:
/// <code>
///   slots lock        changes of memory slots; taken by no callback
///     the primary's locks
///       mmu lock      installs, zaps, the brackets; held while accesses in flight are waited for
///         gates       which device threads must fence
///   active monitor    counts open brackets and holds changes of the slots back; taken alone
/// </code>
/// A virtual CPU takes the mmu lock only outside of a section, and none while it asks the primary.
/// </remarks>
public sealed partial class ShadowMmu : IDisposable
{
    /// <summary>The highest number of memory slots that KVM allows on x86-64 for user space.</summary>
    public const int MaxSlots = 32_764;

    private readonly IPrimaryMmu _primary;
    private readonly SlotAttachment _attachment;

    /// <summary>To the whole address space; null if each slot has its own.</summary>
    private readonly NotifierSubscription? _subscription;

    /// <summary>KVM's mmu_lock.</summary>
    private readonly SharedLock _mmuLock = new();

    /// <summary>Guarded by the mmu lock; replaced as a whole.</summary>
    private VirtualCpu[] _cpus = [];

    /// <summary>Whether the address space is gone, or the MMU disposed. Written under the mmu lock; read without it.</summary>
    private bool _released;

    /// <summary>Attaches a guest without memory to an address space. Blocks until brackets that are open have ended.</summary>
    /// <param name="primary">The host's address space.</param>
    /// <param name="attachment">Where the subscription hangs: at the guest, or at each slot.</param>
    public ShadowMmu(IPrimaryMmu primary, SlotAttachment attachment = SlotAttachment.Search)
    {
        ArgumentNullException.ThrowIfNull(primary);
        _primary = primary;
        _attachment = attachment;
        Loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        _subscription = attachment == SlotAttachment.Search ? primary.Register((IMmuNotifier)this) : null;
    }

    /// <summary>What it did so far, its virtual CPUs included. Exact while they and all brackets are idle.</summary>
    public SecondaryStatistics Statistics
    {
        get
        {
            using SharedLock.Scope scope = _mmuLock.EnterScope();
            SecondaryStatistics sum = new()
            {
                Callbacks = _callbacks + _slotCallbacks,
                UselessCallbacks = _callbacks + _slotCallbacks - _usefulCallbacks,
                PagesNamed = _pagesNamed + _slotPagesNamed,
                PagesInvalidated = _pagesInvalidated,
                Flushes = _flushes,
                LookUps = _lookUps,
            };
            foreach (VirtualCpu cpu in _cpus)
            {
                sum += cpu.Statistics;
            }

            return sum;
        }
    }

    internal MirrorLoop Loop { get; }

    internal AccessGates Gates { get; } = new();

    /// <summary>Written under the mmu lock, in host addresses.</summary>
    internal BracketSequence Brackets { get; } = new();

    /// <summary>Whether nothing may be mirrored any more.</summary>
    internal bool IsReleased => Shared.Read(in _released, this);

    /// <summary>Adds a virtual CPU. It stays for the life of the MMU.</summary>
    public VirtualCpu AddVirtualCpu()
    {
        VirtualCpu cpu = new(this);
        using SharedLock.Scope scope = _mmuLock.EnterScope();
        _cpus = [.. _cpus, cpu];
        return cpu;
    }

    /// <summary>
    /// Ends the subscription; afterwards every access is refused as not mapped. Waits for brackets that are open and for
    /// accesses in flight. Idempotent.
    /// </summary>
    public void Dispose()
    {
        // First: who is not told any more must hold nothing any more.
        StopMirroring();
        _subscription?.Dispose();
        foreach (MemorySlot slot in Shared.Read(in _slots, this).All)
        {
            slot.Subscription?.Dispose();
        }
    }

    /// <summary>Installs what a fault found, unless a bracket collided or the slot went away.</summary>
    internal bool TryInstall(MemorySlot slot, GuestFrameNumber frame, Translation translation, AccessRights access, ulong sequence)
    {
        using SharedLock.Scope scope = _mmuLock.EnterScope();
        AddressRange range = AddressRange.OfPage(slot.UserAddressOf(frame));
        if (slot.IsRemoved || IsReleased || MustRetryLocked(slot, range, sequence))
        {
            return false;
        }

        ShadowLeaf leaf = slot.EnsureLeaf(frame);
        int index = slot.IndexOf(frame);
        bool isWritable = (access & AccessRights.Write) != 0;
        ShadowPte next = isWritable ? ShadowPte.Writable(translation.Frame) : ShadowPte.ReadOnly(translation.Frame);
        if (isWritable && slot.LogsDirtyPages)
        {
            slot.MarkDirty(frame);
        }

        ShadowPte old = leaf.Read(index);
        if (!old.IsPresent)
        {
            leaf.Install(index, next, _primary.FrameAddress(translation.Frame));
        }
        else
        {
            // Another CPU was first, or the page is there for reading: outside of brackets it can only be the same frame.
            while (isWritable && !old.IsWritable && !leaf.TryReplace(index, old, next))
            {
                old = leaf.Read(index);
            }
        }

        return true;
    }

    /// <summary>Lets a store go on that only the dirty log had stopped, and notes it (KVM's fast page fault).</summary>
    internal bool TryUnprotect(MemorySlot slot, GuestFrameNumber frame)
    {
        using SharedLock.Scope scope = _mmuLock.EnterScope();
        if (slot.IsRemoved || slot.LeafOf(frame) is not { } leaf)
        {
            return false;
        }

        int index = slot.IndexOf(frame);
        ShadowPte pte = leaf.Read(index);
        while (pte.IsWriteProtected)
        {
            if (leaf.TryReplace(index, pte, pte.WithWritable().Used(AccessRights.Write)))
            {
                if (slot.LogsDirtyPages)
                {
                    slot.MarkDirty(frame);
                }

                return true;
            }

            pte = leaf.Read(index);
        }

        return false;
    }
}
