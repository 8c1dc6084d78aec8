using MmuNotifiers.Replacement;

namespace MmuNotifiers.Linux;

/// <summary>
/// A window of real memory whose pages this library brings in and evicts through userfaultfd, under the same contracts as any primary MMU: subscribers
/// are told before a page goes. Native code (system calls, a guest under KVM) touches the window as it would any memory; managed code goes through
/// <see cref="TryRead"/> and <see cref="TryWrite"/>, or through a translation that a bracket would have taken away.
/// </summary>
/// <remarks>
/// <b>Why managed code must not touch the window itself</b>: a thread that waits for a fault while it runs managed code cannot be suspended; a collection
/// waits for it, and the thread that serves the fault waits for the collection. A thread inside a call to native code is no hindrance.
/// <para>
/// States of a page. The gate is a lock around the tables; a page that is on its way belongs to one thread, which holds no lock while it works.
/// </para>
/// <code>
///   state         frame  slot   becomes
///   NeverTouched  no     no     Resident: filled with zeroes
///   Resident      yes    maybe  Evicting. With a slot it is Protected: the store has the same bytes (clean). The first store is
///                               reported, and the slot given up (dirty)
///   Evicting      yes    new    Swapped: written, or clean. NeverTouched: all zeroes. Resident: not written, or wanted meanwhile
///   Swapped       no     yes    BeingRead
///   BeingRead     yes    yes    Resident. Swapped: no answer, for now. Lost: gone, corrupt, or the medium refused
///   Lost          no     no     NeverTouched, by Discard
/// </code>
/// What a fault finds, and what is done:
/// <code>
///   missing, NeverTouched or Swapped     brings the page in
///   missing, Resident                    a second message for a fault that was served (a signal makes the thread fault again): wakes it
///   protected, Resident and Protected    lifts the protection; the slot is given up
///   protected, Resident                  was lifted meanwhile: makes sure of it, and wakes
///   any, Evicting or BeingRead           marks it Wanted and goes on; who has the page puts it back or wakes when done
///   any, Lost                            SIGBUS where the kernel can do that for one page (Linux 6.6); elsewhere the thread waits
/// </code>
/// A fault against an eviction, the race that Wanted closes:
/// <code>
///   thread            handler                         evictor
///                                                     gate: Evicting
///                                                     takes the page away
///   faults, waits
///                     gate: Evicting, so Wanted
///                                                     writes it
///                                                     gate: Wanted? puts it back and wakes; else Swapped
///   goes on           (had it come after the gate: Swapped, so it is read)
/// </code>
/// Order of locks: none is held while the gate is taken; under the gate only system calls that do not wait, and calls whose contract forbids them to block
/// (<see cref="ISwapStore.Discard"/>, <see cref="IAgingNotifier"/>). Brackets are opened and the store is waited for without it.
/// <para>
/// A subscriber must not, in a callback, wait for a thread that may itself wait for a page of the window in native code: that thread may wait for the one
/// that called.
/// </para>
/// </remarks>
public sealed partial class PagedMemory : IPrimaryMmu, IDisposable
{
    private readonly object _gate = new();
    private readonly PagedMemoryOptions _options;
    private readonly PageBacking _backing;
    private readonly PageTable _pages;
    private readonly FrameTable _frames;
    private readonly SlotMap _slots;
    private readonly ReplacementPolicy _policy;
    private readonly ResidencyClock _residency;
    private readonly WindowVictims _victims;
    private readonly ReadAheadStreams _streams;
    private readonly NotifierSubscriptions _subscriptions;
    private readonly WindowArea _area;
    private readonly PagingCounters _counters = new();
    private readonly FaultHandler _handler;

    /// <summary>How many threads wait for a page that another one has. Guarded by the gate.</summary>
    private int _waiters;

    /// <summary>How many calls of managed code are under way. Guarded by the gate.</summary>
    private int _calls;

    /// <summary>Whether the memory goes away. Guarded by the gate.</summary>
    private bool _isDisposed;

    private PagedMemory(PagedMemoryOptions options, PageBacking backing)
    {
        _options = options;
        _backing = backing;
        Range = backing.Window.Range;
        int frames = (int)Math.Max(Math.Min(options.MaxResidentPages, options.Pages), PagedMemoryOptions.LeastResidentPages);
        _pages = new PageTable(Range);
        _frames = new FrameTable(frames);
        _slots = new SlotMap(options.Swap, options.Pages);
        _policy = new ReplacementPolicy(frames);
        _residency = new ResidencyClock(frames, options.MinimumResidency);
        _subscriptions = new NotifierSubscriptions(options.Notifiers);
        _victims = new WindowVictims(_policy, _residency, _pages, _frames, backing, options.AsksSecondaries ? _subscriptions : null);
        _streams = new ReadAheadStreams(options.ReadAheadPages);
        _area = new WindowArea(Range, backing.IsShared);
        _batchPages = Math.Clamp(Math.Min(options.EvictionBatchPages, frames / 8), 1, 256);
        _handler = new FaultHandler(this, backing.Faults, options);
        _counters.Publish();
    }

    /// <summary>The addresses of the window, page aligned.</summary>
    public AddressRange Range { get; }

    /// <summary>The length of the window in pages of 4096 bytes.</summary>
    public long Pages => _options.Pages;

    /// <summary>How many pages may be in memory at a time.</summary>
    public long MaxResidentPages => _options.MaxResidentPages;

    /// <summary>What its pages are made of.</summary>
    public PagedMemoryBacking Backing => _options.Backing;

    /// <summary>What was counted and measured since it was made.</summary>
    public PagedMemoryStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _counters.Read(_frames.Used);
            }
        }
    }

    /// <summary>What was counted of brackets; all zero unless <see cref="PagedMemoryOptions.Notifiers"/> asked for it.</summary>
    public NotifierStatistics NotifierStatistics => _subscriptions.Statistics;

    /// <summary>The latest failures, at most 64, oldest first.</summary>
    public IReadOnlyList<PagedMemoryFailure> Failures => _counters.Failures;

    /// <summary>Maps a window and begins to serve its faults.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="LinuxException">The kernel lacks userfaultfd with write protection, this process may not use it, or there is no address space.</exception>
    public static PagedMemory Create(PagedMemoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfWrong();
        PageBacking backing = PageBackings.Create(options);
        PagedMemory? memory = null;
        try
        {
            memory = new PagedMemory(options, backing);
            memory._handler.Start();
            return memory;
        }
        catch
        {
            memory?.DisposeTables();
            backing.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Ends it: subscribers are released, calls under way are waited for, the threads end, and the window is unmapped. Native code must not touch the
    /// window any more; a thread that waits in a fault at that moment goes on with a page of zeroes, and gets SIGSEGV once the window is gone.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            Monitor.PulseAll(_gate);
        }

        try
        {
            _subscriptions.Release();
        }
        finally
        {
            Unmap();
        }
    }

    private void Unmap()
    {
        _handler.Dispose();
        lock (_gate)
        {
            while (_calls > 0)
            {
                Monitor.Wait(_gate);
            }

            GiveUpSlotsLocked();
        }

        _counters.Dispose();
        _backing.Dispose();
        DisposeTables();
    }

    private void DisposeTables()
    {
        DisposeBatches();
        _policy.Dispose();
        _residency.Dispose();
        _frames.Dispose();
        _pages.Dispose();
    }

    /// <summary>Tells the store that no page is needed any more.</summary>
    private void GiveUpSlotsLocked()
    {
        for (int page = 0; page < _pages.Pages; page++)
        {
            if (_pages[page].HasSlot)
            {
                _slots.GiveUp(_pages[page].Slot);
            }
        }

        _slots.TellStore();
    }

    /// <summary>A call of managed code begins; false once the memory goes away.</summary>
    private bool TryEnterCall()
    {
        lock (_gate)
        {
            _calls += _isDisposed ? 0 : 1;
            return !_isDisposed;
        }
    }

    private void ExitCall()
    {
        lock (_gate)
        {
            _calls--;
            if (_isDisposed)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }
}
