using System.Numerics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>
/// The software TLBs of all virtual CPUs that run in one address space. It subscribes to the address space once and serves each
/// bracket with one shootdown, however many pages it has.
/// </summary>
/// <remarks>
/// Lock order: the primary's locks, then the domain's. A CPU takes the domain's lock only outside of a section and never while it
/// asks the primary.
/// </remarks>
public sealed partial class TlbDomain : ISecondaryMmu
{
    /// <summary>The size of a TLB unless another is asked for: 16,384 entries of 16 bytes map 64 MiB.</summary>
    public const int DefaultEntries = 16_384;

    private const int MaxEntries = 1 << 24;

    private readonly IPrimaryMmu _primary;
    private readonly int _entries;
    private readonly SharedLock _lock = new();
    private readonly NotifierSubscription _subscription;

    /// <summary>Guarded by the lock; replaced as a whole.</summary>
    private SoftwareTlb[] _cpus = [];

    /// <summary>Whether the address space is gone, or the domain disposed. Written under the lock; read without it.</summary>
    private bool _released;

    /// <summary>Attaches a domain without CPUs to an address space. Blocks until brackets that are open have ended.</summary>
    /// <param name="primary">The address space.</param>
    /// <param name="entriesPerCpu">The size of each CPU's TLB; a power of two from 16 to 16,777,216.</param>
    public TlbDomain(IPrimaryMmu primary, int entriesPerCpu = DefaultEntries)
    {
        ArgumentNullException.ThrowIfNull(primary);
        if (entriesPerCpu is < 16 or > MaxEntries || !BitOperations.IsPow2(entriesPerCpu))
        {
            throw new ArgumentOutOfRangeException(
                nameof(entriesPerCpu), $"A TLB has a power of two from 0x10 to 0x{MaxEntries:x} entries: 0x{entriesPerCpu:x}.");
        }

        _primary = primary;
        _entries = entriesPerCpu;
        Loop = new MirrorLoop(primary, MirrorLoop.DefaultBudget);
        _subscription = primary.Register((IMmuNotifier)this);
    }

    /// <inheritdoc/>
    public string Name => "software TLB";

    /// <inheritdoc/>
    public string Attachment => "address space";

    /// <inheritdoc/>
    public SecondaryStatistics Statistics
    {
        get
        {
            using SharedLock.Scope scope = _lock.EnterScope();
            SecondaryStatistics sum = new()
            {
                Callbacks = _callbacks,
                UselessCallbacks = _uselessCallbacks,
                PagesNamed = _pagesNamed,
                PagesInvalidated = _pagesInvalidated,
                Flushes = _shootdowns,
            };
            foreach (SoftwareTlb cpu in _cpus)
            {
                sum += cpu.Statistics;
            }

            return sum;
        }
    }

    internal MirrorLoop Loop { get; }

    /// <summary>Written under the lock.</summary>
    internal BracketSequence Brackets { get; } = new();

    /// <summary>Whether nothing may be mirrored any more.</summary>
    internal bool IsReleased => Shared.Read(in _released, this);

    /// <summary>Adds a virtual CPU. It stays for the life of the domain.</summary>
    public SoftwareTlb AddCpu()
    {
        SoftwareTlb cpu = new(this, _entries);
        using SharedLock.Scope scope = _lock.EnterScope();
        _cpus = [.. _cpus, cpu];
        return cpu;
    }

    ISecondaryDevice ISecondaryMmu.AddDevice() => AddCpu();

    /// <summary>
    /// Ends the subscription; afterwards every access is refused as not mapped. Waits for brackets that are open and for
    /// accesses in flight; not inside a section. Idempotent.
    /// </summary>
    public void Dispose()
    {
        // First: who is not told any more must hold nothing any more.
        StopMirroring();
        _subscription.Dispose();
    }

    internal nint FrameAddress(FrameNumber frame) => _primary.FrameAddress(frame);

    /// <summary>
    /// Called by a CPU outside of a section, to enter without a fence from now on. Does nothing while a bracket holds the lock.
    /// </summary>
    internal void TryStopFencing(SoftwareTlb cpu)
    {
        if (_lock.TryEnter())
        {
            cpu.Sections.StopFencing();
            _lock.Exit();
        }
    }
}
