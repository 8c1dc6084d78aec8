using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>
/// An address space with the semantics of a Linux process over frames of a <see cref="PhysicalMemory"/>: the primary MMU. Everyone
/// who caches its translations subscribes through <see cref="IPrimaryMmu"/>. All members are safe to call from any thread.
/// </summary>
/// <remarks>
/// Lock order, from the outside in:
/// <code>
///   map lock of an address space (parent before child)      every change of areas; callbacks may block under it
///   +-- locks of subscribers                                taken by their callbacks
///   +-- object, family                                      page cache, reverse mapping
///       +-- leaf (two: by address)                          spin lock; ptes; only ISecondaryTlb is called under it
///           +-- swap slots                                  spin lock; who uses evicted pages, the swap cache
///               +-- swap allocator, frame stripe, frame pool   free slots, free frames
/// </code>
/// A migration takes the map locks of all who map the page, in the order of <see cref="Number"/>, which puts a parent before its child.
/// A fault takes no lock but the leaf's: it reads the map sequence, looks the area up, prepares a frame, and checks the sequence
/// again under the leaf's lock. A change of areas raises the sequence first and touches ptes, under the same leaf locks, last:
/// <code>
///   fault                                     unmap
///   s = map sequence
///   area = find(address)
///                                             sequence odd; area leaves the tree; sequence even
///   lock leaf; sequence != s: start over      lock leaf: nothing of the fault is there
///   -- or --
///   lock leaf; sequence == s: load pte
///                                             sequence odd; area leaves; even; bracket; lock leaf; clear what the fault loaded
/// </code>
/// </remarks>
public sealed partial class AddressSpace : IPrimaryMmu, IDisposable
{
    private readonly AddressSpaceOptions _options;
    private readonly HookTable _hooks;
    private readonly PageTable _table;

    /// <summary>Null for an address space without a limit.</summary>
    private readonly ResidentLimit? _limit;

    /// <summary>Open while a device has pages faulted in: its tables outlast that, whoever disposes the address space meanwhile.</summary>
    private readonly GracePeriod _deviceFaults = new();

    /// <summary>1 once the address space is being disposed, 2 when its pages are gone. Read inside a section of <see cref="_deviceFaults"/>.</summary>
    private int _released;

    /// <summary>Makes an empty address space.</summary>
    /// <param name="memory">Where its frames come from; outlives it.</param>
    /// <param name="options">Layout and limits; null for those of a Linux process.</param>
    public AddressSpace(PhysicalMemory memory, AddressSpaceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Memory = memory;
        Number = memory.NextSpaceNumber();
        _options = options ?? new AddressSpaceOptions();
        _hooks = _options.Hooks;
        AssertsCoverage = ReferenceEquals(_hooks, HookTable.Standard);
        _table = new PageTable(memory.Tables);
        _limit = _options.MaxResidentPages is { } maxPages ? new ResidentLimit(this, maxPages) : null;
        InitializeAreas();
        memory.Spaces.Add(this);
    }

    /// <summary>Where the frames come from.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>Everyone who is subscribed.</summary>
    public NotifierSubscriptions Subscriptions { get; } = new();

    /// <summary>Which hook sites call, and when.</summary>
    public HookTable Hooks => _hooks;

    private FrameTable Frames => Memory.Frames;

    /// <inheritdoc/>
    public NotifierSubscription Register(IMmuNotifier notifier) => Subscriptions.Add(notifier);

    /// <inheritdoc/>
    public IntervalSubscription Register(IIntervalNotifier notifier, AddressRange range) => Subscriptions.Add(notifier, range);

    /// <inheritdoc/>
    public TlbSubscription Register(ISecondaryTlb tlb) => Subscriptions.Add(tlb);

    /// <summary>
    /// Subscribes by the operations of IOPROC. They are called from the brackets of the whole address space, each with the area that it
    /// is about; areas are looked up where a change has none at hand.
    /// </summary>
    /// <param name="notifier">Whose operations.</param>
    /// <param name="form">What becomes of ranges over several areas. In the historical form fork is reported unless the hook table leaves it out.</param>
    /// <exception cref="InvalidOperationException">Called from inside a bracket, or the address space was released.</exception>
    public NotifierSubscription Register(IIoprocNotifier notifier, IoprocForm form)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        WantsAreas = true;
        return Register((IMmuNotifier)new IoprocSubscriber(this, notifier, form));
    }

    /// <inheritdoc/>
    public nint FrameAddress(FrameNumber frame) => Memory.FrameAddress(frame);

    /// <inheritdoc/>
    public void MarkDirty(FrameNumber frame) => Frames.MarkDirty(frame);

    /// <inheritdoc/>
    public void MarkYoung(FrameNumber frame) => Frames.Mark(frame, FrameFlags.Young);

    /// <summary>
    /// The process exits: subscribers are released before any page is freed, then everything is unmapped. No other thread may
    /// use the address space any more, except that devices may still ask for translations and find nothing mapped:
    /// <code>
    ///   device                                     exit
    ///   section opens
    ///   released? no                               released = 1; subscribers are released; areas and pages go
    ///   fault: no area, nothing mapped             wait for open sections
    ///   section closes                             free the tables
    ///   -- or --
    ///   released? yes: nothing mapped
    /// </code>
    /// </summary>
    /// <exception cref="InvalidOperationException">Called by a thread that is inside a fault of a device.</exception>
    public void Dispose()
    {
        if (Shared.Exchange(ref _released, 1, this) != 0)
        {
            return;
        }

        try
        {
            using (LockMap())
            {
                if (_hooks.Has(HookSite.Release, HookPlacement.Bracket))
                {
                    Subscriptions.Release();
                }

                if (RemoveAllAreas() is { IsEmpty: false } mapped)
                {
                    FreeAllPages(mapped);
                }

                if (_hooks.Has(HookSite.Release, HookPlacement.AfterFree))
                {
                    Subscriptions.Release();
                }
            }
        }
        finally
        {
            // Also where a subscriber threw: nobody who needs a frame waits for an end that does not come.
            Shared.Write(ref _released, 2, this);
            Memory.Spaces.Remove(this);
        }

        Memory.Merging.Forget(this);

        _deviceFaults.Synchronize();
        _table.Dispose();
    }
}
