namespace MmuNotifiers.Lab.Checking;

/// <summary>As <see cref="ObservedNotifier"/> for a notifier that is also asked for ages or told of updates.</summary>
internal sealed class ObservedExtendedNotifier(IMmuNotifier inner, Judge judge, Subscriber subscriber)
    : ObservedNotifier(inner, judge, subscriber), IAgingNotifier, IUpdateNotifier
{
    private readonly IAgingNotifier? _aging = inner as IAgingNotifier;
    private readonly IUpdateNotifier? _update = inner as IUpdateNotifier;

    /// <inheritdoc/>
    public bool ClearFlushYoung(AddressRange range) => _aging?.ClearFlushYoung(range) ?? false;

    /// <inheritdoc/>
    public bool ClearYoung(AddressRange range) => _aging?.ClearYoung(range) ?? false;

    /// <inheritdoc/>
    public void ClearYoung(scoped in AgeQuery query) => _aging?.ClearYoung(in query);

    /// <inheritdoc/>
    public bool TestYoung(VirtualAddress address) => _aging?.TestYoung(address) ?? false;

    /// <inheritdoc/>
    public void UpdateRange(AddressRange range, AccessRights rights) => _update?.UpdateRange(range, rights);

    /// <inheritdoc/>
    public void ChangeProtection(AddressRange range, AccessRights rights) => _update?.ChangeProtection(range, rights);
}
