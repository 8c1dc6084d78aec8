namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>As <see cref="MeteredNotifier"/> for a notifier that is also asked for ages.</summary>
internal class MeteredAgingNotifier(IMmuNotifier inner, CallbackMeter meter) : MeteredNotifier(inner, meter), IAgingNotifier
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
