using System.Numerics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Rdma;

/// <summary>
/// A network card that translates the virtual addresses of processes itself (the part of a Quadrics Elan; on-demand paging today): a TLB,
/// faults of its own, prefetch, and <see cref="DmaEngine"/>s that move bytes between address spaces. It pins nothing.
/// </summary>
/// <remarks>
/// A process's address space is attached as a <see cref="CardContext"/>; its memory is used through a <see cref="MemoryRegion"/>.
/// <code>
///   the primaries' locks
///     card lock       TLB, contexts, brackets; held while accesses in flight are waited for
///       gates         which device threads must fence
/// </code>
/// No primary is asked under the card lock, so that address spaces with the same card do not wait for each other's faults.
/// <para>
/// An entry can leave the TLB without a wait for those who are using it: another page takes its place, or ageing drops it. The translation
/// is still true then; but once a bracket comes for its page, nothing in the TLB tells of it. Such pages are noted
/// (<see cref="_unawaited"/>):
/// <code>
///   queue                       installer             bracket for page P
///   section; P -> F: hit
///                               Q takes P's entry
///                               note P
///   copies from F                                     no entry of P, but noted: wait for sections
///   leaves the section                                free F
/// </code>
/// </para>
/// </remarks>
public sealed class NetworkCard
{
    private const int MaxEntries = 1 << 20;
    private const int MaxWays = 16;

    private readonly SharedLock _lock = new();
    private readonly CardTlb _tlb;

    /// <summary>Which numbers are in use. Guarded by the lock.</summary>
    private readonly CardContext?[] _contexts = new CardContext?[CardTag.MaxContexts];

    /// <summary>Pages whose entries went while somebody may have been using them. Guarded by the lock.</summary>
    private PageSketch _unawaited;

    /// <summary>Makes a card with an empty TLB.</summary>
    /// <param name="options">Its size; null for the defaults.</param>
    /// <exception cref="ArgumentException">A size is no power of two, or out of its bounds.</exception>
    public NetworkCard(NetworkCardOptions? options = null)
    {
        Options = options ?? new NetworkCardOptions();
        ThrowIfNoSize(Options.Entries, MaxEntries, nameof(NetworkCardOptions.Entries));
        ThrowIfNoSize(Options.Ways, Math.Min(MaxWays, Options.Entries), nameof(NetworkCardOptions.Ways));
        _tlb = new CardTlb(Options.Entries, Options.Ways);
    }

    /// <summary>The card's size and policy.</summary>
    public NetworkCardOptions Options { get; }

    /// <summary>The gates of the threads that use the TLB.</summary>
    internal AccessGates Gates { get; } = new();

    internal CardTlb Tlb => _tlb;

    /// <summary>
    /// Attaches an address space: its notifier then hangs on the whole of it. Blocks until brackets that are open have ended.
    /// </summary>
    /// <exception cref="InvalidOperationException">The card has 256 address spaces already, or the address space was released.</exception>
    public CardContext Attach(IPrimaryMmu primary)
    {
        ArgumentNullException.ThrowIfNull(primary);
        return Attach(primary, "address space", primary.Register);
    }

    /// <summary>As <see cref="Attach(IPrimaryMmu)"/>, with the notifier hung wherever the caller hangs it.</summary>
    /// <param name="primary">The address space.</param>
    /// <param name="attachment">What the caller calls that place.</param>
    /// <param name="subscribe">
    /// Hangs the notifier so that it is told of all brackets over the pages that the card is used for; what it returns ends that.
    /// </param>
    internal CardContext Attach(IPrimaryMmu primary, string attachment, Func<IMmuNotifier, IDisposable> subscribe)
    {
        CardContext context;
        using (_lock.EnterScope())
        {
            int number = Array.IndexOf(_contexts, null);
            if (number < 0)
            {
                throw new InvalidOperationException($"The card has 0x{CardTag.MaxContexts:x} address spaces already.");
            }

            context = new CardContext(this, number, primary, attachment);
            _contexts[number] = context;
        }

        try
        {
            context.Subscribe(subscribe);
            return context;
        }
        catch
        {
            Detach(context);
            throw;
        }
    }

    /// <summary>Gives a context's number back; it has no entries any more.</summary>
    internal void Detach(CardContext context)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        _contexts[context.Number] = null;
    }

    /// <summary>Waits for the card's lock.</summary>
    internal SharedLock.Scope EnterScope() => _lock.EnterScope();

    /// <summary>Takes the card's lock for a bracket.</summary>
    /// <returns>False if the bracket may not block and the lock is not free.</returns>
    internal bool TryEnter(bool mayBlock)
    {
        if (!mayBlock)
        {
            return _lock.TryEnter();
        }

        _lock.Enter();
        return true;
    }

    /// <summary>Takes the card's lock for the end of a bracket.</summary>
    internal void EnterOrSpin(bool mayBlock) => _lock.EnterOrSpin(mayBlock);

    internal void Exit() => _lock.Exit();

    /// <summary>Enters a page that has no entry. Under the lock.</summary>
    /// <returns>False if it is a hint and there is no room for one.</returns>
    internal bool TryInstallLocked(CardTag tag, nint host, bool isHint)
    {
        if (!_tlb.TryInstall(tag, host, mayDisplaceUsed: !isHint, out CardTag displaced))
        {
            return false;
        }

        _contexts[tag.Context]!.Entries++;
        if (displaced.IsPresent)
        {
            _contexts[displaced.Context]!.Entries--;
            _unawaited.Add(displaced.Page);
        }

        return true;
    }

    /// <summary>Drops the entries of a range. Under the lock; accesses through them may still be in flight.</summary>
    /// <returns>How many.</returns>
    internal int DropLocked(CardContext context, AddressRange range)
    {
        int dropped = ChangeLocked(context, range, static _ => CardTag.Empty);
        context.Entries -= dropped;
        return dropped;
    }

    /// <summary>As <see cref="DropLocked"/>, but leaves what was prefetched and never used.</summary>
    internal int DropUsedLocked(CardContext context, AddressRange range)
    {
        int dropped = ChangeLocked(context, range, static tag => tag.WasNeverUsed ? tag : CardTag.Empty);
        context.Entries -= dropped;
        return dropped;
    }

    /// <summary>As <see cref="DropUsedLocked(CardContext, AddressRange)"/>, for pages that are asked about; those that were dropped are young.</summary>
    internal void DropUsedLocked(CardContext context, scoped in AgeQuery query)
    {
        for (int page = query.NextAsked(0); page < query.Pages && context.Entries > 0; page = query.NextAsked(page + 1))
        {
            if (DropUsedLocked(context, AddressRange.OfPage(query.AddressOf(page))) > 0)
            {
                query.MarkYoung(page);
            }
        }
    }

    /// <summary>Takes the right to store from the entries of a range. Under the lock; stores may still be in flight.</summary>
    internal void WriteProtectLocked(CardContext context, AddressRange range) =>
        ChangeLocked(context, range, static tag => tag.WithoutStores());

    /// <summary>Waits until nobody uses a page of the range through an entry that is gone. Under the lock.</summary>
    /// <returns>Whether it was necessary.</returns>
    internal bool AwaitLocked(AddressRange range)
    {
        if (!_unawaited.MayOverlap(range))
        {
            return false;
        }

        Gates.AwaitAccessesInFlight();
        _unawaited.Clear();
        return true;
    }

    private int ChangeLocked(CardContext context, AddressRange range, Func<CardTag, CardTag> change)
    {
        int changed = context.Entries == 0 ? 0 : _tlb.Change(context.Number, range, change);
        if (changed > 0)
        {
            _unawaited.Add(range);
        }

        return changed;
    }

    private static void ThrowIfNoSize(int value, int max, string name)
    {
        if (value < 1 || value > max || !BitOperations.IsPow2(value))
        {
            throw new ArgumentException($"{name} is a power of two from 0x1 to 0x{max:x}, not 0x{value:x}.", nameof(name));
        }
    }
}
