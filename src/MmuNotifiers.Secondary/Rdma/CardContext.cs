using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>
/// An address space that a card is attached to (Elan's context). Got from <see cref="NetworkCard.Attach(IPrimaryMmu)"/>. The card uses what is
/// registered of it; <see cref="AddDevice"/> registers all of it, as implicit on-demand paging does.
/// </summary>
public sealed partial class CardContext : ISecondaryMmu
{
    private readonly MirrorLoop _loop;
    private IDisposable? _subscription;

    /// <summary>Replaced as a whole under the card's lock; read without it.</summary>
    private MemoryRegion[] _regions = [];

    /// <summary>All addresses, once a device asks for them. Guarded by the card's lock.</summary>
    private MemoryRegion? _everything;

    /// <summary>Whether the address space is gone, or the context disposed. Written under the card's lock; read without it.</summary>
    private bool _released;

    internal CardContext(NetworkCard card, int number, IPrimaryMmu primary, string attachment)
    {
        Card = card;
        Number = number;
        Primary = primary;
        Attachment = attachment;
        _loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
    }

    /// <inheritdoc/>
    public string Name => "network card";

    /// <inheritdoc/>
    public string Attachment { get; }

    /// <summary>The card.</summary>
    public NetworkCard Card { get; }

    /// <inheritdoc/>
    public SecondaryStatistics Statistics
    {
        get
        {
            using SharedLock.Scope scope = Card.EnterScope();
            return new SecondaryStatistics
            {
                Callbacks = _callbacks,
                UselessCallbacks = _callbacks - _usefulCallbacks,
                PagesNamed = _pagesNamed,
                PagesInvalidated = _pagesInvalidated,
                Flushes = _flushes,
                DeviceFaults = _faults,
                FailedFaults = _failedFaults,
                Retries = _retries,
                LookUps = Shared.Read(in _updates, this),
                Updates = Shared.Read(in _updates, this),
                PagesPrefetched = _pagesPrefetched,
                FaultsSaved = Shared.Read(in _faultsSaved, this),
            };
        }
    }

    /// <summary>What the card's tags know it by.</summary>
    internal int Number { get; }

    internal IPrimaryMmu Primary { get; }

    /// <summary>Written under the card's lock.</summary>
    internal BracketSequence Brackets { get; } = new();

    /// <summary>How many entries of the TLB are this address space's. Guarded by the card's lock.</summary>
    internal int Entries { get; set; }

    /// <summary>Whether nothing may be mirrored any more.</summary>
    internal bool IsReleased => Shared.Read(in _released, this);

    /// <summary>Lets the card use a part of the address space.</summary>
    /// <param name="range">The addresses, not empty; they need not be page aligned or mapped.</param>
    /// <param name="rights">What the card may do: <see cref="AccessRights.Read"/>, Write, or both.</param>
    /// <exception cref="ArgumentException">The range is empty.</exception>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public MemoryRegion Register(AddressRange range, AccessRights rights)
    {
        if (range.IsEmpty)
        {
            throw new ArgumentException($"A memory region must not be empty: {range}.", nameof(range));
        }

        using SharedLock.Scope scope = Card.EnterScope();
        return RegisterLocked(range, rights);
    }

    /// <summary>Adds a queue of the card that may use all of the address space.</summary>
    public ISecondaryDevice AddDevice()
    {
        using SharedLock.Scope scope = Card.EnterScope();
        _everything ??= RegisterLocked(AddressRange.All, AccessRights.ReadWrite);
        return new CardQueue(new CardPort(Card), _everything);
    }

    /// <summary>
    /// Detaches the address space; afterwards every access is refused as not mapped. Waits for brackets that are open and for accesses
    /// in flight. Idempotent.
    /// </summary>
    public void Dispose()
    {
        if (_subscription is null)
        {
            return;
        }

        // First: who is not told any more must hold nothing any more.
        StopMirroring();
        _subscription.Dispose();
        _subscription = null;
        foreach (MemoryRegion region in Shared.Read(in _regions, this))
        {
            region.Dispose();
        }

        Card.Detach(this);
    }

    internal void Subscribe(Func<IMmuNotifier, IDisposable> subscribe) =>
        _subscription = subscribe(Card.Options.Prefetch == PrefetchPolicy.Off ? new CardNotifier(this) : new PrefetchingNotifier(this));

    /// <summary>Takes a region that is closed away, and waits for the accesses through it.</summary>
    internal void Remove(MemoryRegion region)
    {
        using (Card.EnterScope())
        {
            Shared.Write(ref _regions, Array.FindAll(_regions, other => other != region), this);
        }

        // Pairs with the look at IsClosed in each section.
        Card.Gates.AwaitAccessesInFlight();
    }

    private MemoryRegion RegisterLocked(AddressRange range, AccessRights rights)
    {
        ObjectDisposedException.ThrowIf(_subscription is null, this);
        MemoryRegion region = new(this, range, rights);
        Shared.Write(ref _regions, [.. _regions, region], this);
        return region;
    }
}
