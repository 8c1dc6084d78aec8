namespace MmuNotifiers;

/// <summary>
/// What stands in for an interval's notifier still takes part in ageing: questions pass to the one behind it, if that answers any.
/// </summary>
/// <param name="inner">The notifier behind it.</param>
internal abstract class AgingForwarder(IIntervalNotifier inner) : IAgingNotifier
{
    private readonly IAgingNotifier? _aging = inner as IAgingNotifier;

    /// <inheritdoc/>
    public bool ClearFlushYoung(AddressRange range) => _aging?.ClearFlushYoung(range) ?? false;

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range) => _aging?.ClearYoung(range) ?? false;

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query) => _aging?.ClearYoung(in query);

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => _aging?.TestYoung(address) ?? false;
}
