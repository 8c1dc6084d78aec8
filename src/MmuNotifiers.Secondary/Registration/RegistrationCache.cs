using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>
/// A registration cache: registering memory with a device is expensive, so regions stay registered after their use and are found again (the
/// part of vmaspy's and Open-MX' caches; UCX' rcache and libfabric's MR cache today). It pins nothing. Notifiers take translations away
/// before they change, and the next transfer asks for them again.
/// </summary>
/// <remarks>
/// Lock order:
/// <code>
///   the primary's locks
///     cache lock    regions, directory, their translations; held while accesses in flight are waited for
///       gates       which client threads must fence
/// </code>
/// Nobody holds the cache lock while the primary is asked, or a subscription begins or ends. Getting a region that is registered takes
/// no lock at all:
/// <code>
///   client (get)                            whoever takes a region away (under the lock)
///   slot = directory[page]
///   count of the region + 1  (plain store)  directory[pages] = none
///   directory[page] still the slot?         process-wide barrier
///     yes: it is mine                       sum of all clients' counts 0? nobody has it: free it
///     no: count - 1, take the slow way      otherwise the last one to put it back does
/// </code>
/// Either the barrier comes before the second look, which then sees that the region is gone, or the count was stored before the barrier and
/// is in the sum. The same holds for put, whose second look is at the number of retired regions.
/// </remarks>
public sealed partial class RegistrationCache : ISecondaryMmu
{
    private readonly IPrimaryMmu _primary;
    private readonly RegistrationCacheOptions _options;
    private readonly RegionAttachment _attachment;
    private readonly SharedLock _lock = new();

    /// <summary>Guarded by the lock; replaced as a whole.</summary>
    private RegistrationClient[] _clients = [];

    /// <summary>By index; null where it is free. The array is replaced under the lock; read without it by who has a region.</summary>
    private RegisteredRegion?[] _regions = new RegisteredRegion?[16];

    /// <summary>Whether the address space is gone, or the cache disposed. Written under the lock; read without it.</summary>
    private bool _released;

    // Guarded by the lock.
    private long _registrations;
    private long _merges;
    private long _evictions;

    /// <summary>Attaches an empty cache to an address space.</summary>
    /// <param name="primary">The address space.</param>
    /// <param name="options">Limits and attachment; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options say something that cannot be.</exception>
    public RegistrationCache(IPrimaryMmu primary, RegistrationCacheOptions? options = null)
        : this(primary, options, subscribe: null, attachment: "address space")
    {
    }

    /// <summary>As the other constructor, with one notifier for all regions, hung wherever the caller hangs it.</summary>
    /// <param name="primary">The address space.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="subscribe">Hangs the notifier; what it returns ends that. Null for where the options say.</param>
    /// <param name="attachment">What the caller calls that place.</param>
    internal RegistrationCache(
        IPrimaryMmu primary, RegistrationCacheOptions? options, Func<IMmuNotifier, IDisposable>? subscribe, string attachment)
    {
        ArgumentNullException.ThrowIfNull(primary);
        _options = options ?? new RegistrationCacheOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxRegions, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(_options.MaxRegions, RegionSlot.MaxIndexes, nameof(options));
        _primary = primary;
        Loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        _attachment = subscribe is null && _options.Attachment == RegistrationAttachment.Interval
            ? new IntervalAttachment(primary)
            : new BracketAttachment(this, attachment, subscribe ?? primary.Register);
    }

    /// <inheritdoc/>
    public string Name => "registration cache";

    /// <inheritdoc/>
    public string Attachment => _attachment.Name;

    /// <summary>How many regions look-ups find.</summary>
    public int Count
    {
        get
        {
            using SharedLock.Scope scope = _lock.EnterScope();
            return _listed.Count;
        }
    }

    /// <inheritdoc/>
    public SecondaryStatistics Statistics
    {
        get
        {
            using SharedLock.Scope scope = _lock.EnterScope();
            SecondaryStatistics sum = new()
            {
                Callbacks = _callbacks,
                UselessCallbacks = _callbacks - _usefulCallbacks,
                PagesNamed = _pagesNamed,
                PagesInvalidated = _pagesInvalidated,
                Flushes = _flushes,
                LookUps = _lookUps,
                Registrations = _registrations,
                Merges = _merges,
                Evictions = _evictions,
            };
            foreach (RegistrationClient client in _clients)
            {
                sum += client.Statistics;
            }

            return sum;
        }
    }

    /// <summary>How many regions have notifiers: those that look-ups find, and those that wait for their last user.</summary>
    internal int WatchedCount
    {
        get
        {
            using SharedLock.Scope scope = _lock.EnterScope();
            return _listed.Count + _unlisted.Count;
        }
    }

    internal MirrorLoop Loop { get; }

    internal RegionDirectory Directory { get; } = new();

    /// <summary>The gates of the clients' threads.</summary>
    internal AccessGates Gates { get; } = new();

    /// <summary>Ticks with each registration. Written under the lock; read without it.</summary>
    internal uint Clock => Shared.Read(in _clock, this);

    /// <summary>How many regions wait for their last user. Written under the lock; read without it.</summary>
    internal bool HasRetired => Shared.Read(in _retiredCount, this) != 0;

    /// <summary>Whether nothing may be mirrored any more.</summary>
    internal bool IsReleased => Shared.Read(in _released, this);

    /// <summary>Adds a client: what one thread gets regions through. It stays for the life of the cache.</summary>
    public RegistrationClient AddClient()
    {
        RegistrationClient client = new(this);
        using SharedLock.Scope scope = _lock.EnterScope();
        _clients = [.. _clients, client];
        return client;
    }

    ISecondaryDevice ISecondaryMmu.AddDevice() => AddClient();

    /// <summary>
    /// Ends all subscriptions; afterwards every access is refused as not mapped. Waits for brackets that are open and for accesses in flight;
    /// not from inside a notifier's callback. Idempotent.
    /// </summary>
    public void Dispose()
    {
        // First: who is not told any more must hold nothing any more.
        StopMirroring();
        _attachment.Dispose();
        List<RegisteredRegion> free = [];
        using (_lock.EnterScope())
        {
            foreach (RegisteredRegion? region in _regions)
            {
                if (region is { State: RegionState.Listed or RegionState.Retired })
                {
                    free.Add(region);
                }
            }
        }

        Unwatch(free);
    }

    /// <summary>A region by its index. The caller has it.</summary>
    internal RegisteredRegion RegionOf(int index) => Shared.Read(in _regions, this)[index]!;
}
