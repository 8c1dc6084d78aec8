namespace MmuNotifiers.Secondary.Registration;

/// <summary>One notifier for all regions, on the whole address space or wherever else brackets are told of.</summary>
internal sealed class BracketAttachment : RegionAttachment, IMmuNotifier, IAgingNotifier
{
    private readonly RegistrationCache _cache;
    private readonly IDisposable _subscription;

    internal BracketAttachment(RegistrationCache cache, string name, Func<IMmuNotifier, IDisposable> subscribe)
    {
        _cache = cache;
        Name = name;
        _subscription = subscribe(this);
    }

    internal override string Name { get; }

    /// <summary>Written under the cache's lock.</summary>
    internal BracketSequence Brackets { get; } = new();

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range) => _cache.Start(in range, Brackets);

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range) => _cache.End(in range, Brackets);

    /// <inheritdoc/>
    public void Release() => _cache.StopMirroring();

    /// <inheritdoc/>
    public bool ClearFlushYoung(AddressRange range) => _cache.ClearYoung(range);

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range) => _cache.ClearYoung(range);

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query) => _cache.ClearYoung(in query);

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => _cache.TestYoung(address);

    public override void Dispose()
    {
        _subscription.Dispose();
        base.Dispose();
    }

    internal override bool TryWatch(RegisteredRegion region) => true;

    internal override void Unwatch(RegisteredRegion region)
    {
    }

    internal override ulong ReadBegin(RegisteredRegion region, AddressRange range)
    {
        Brackets.AwaitUncovered(range);
        return Brackets.Sample();
    }

    internal override bool MustRetry(RegisteredRegion region, AddressRange range, ulong sequence) => Brackets.MustRetry(range, sequence);
}
