using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Registration;

/// <summary>
/// Ages, where one notifier hangs for all regions: those of the range are asked, retired ones too as long as somebody has them. The lock is taken
/// once for each question. Where each region has its own notifier it is asked itself, without the lock.
/// </summary>
public sealed partial class RegistrationCache
{
    /// <inheritdoc cref="IAgingNotifier.ClearYoung(AddressRange)"/>
    internal bool ClearYoung(AddressRange range)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        bool isYoung = false;
        for (int i = _listed.FirstOverlapping(range); i < _listed.Count && _listed[i].Range.Start < range.End; i++)
        {
            isYoung |= _listed[i].ClearYoung(range);
        }

        foreach (RegisteredRegion region in _unlisted)
        {
            isYoung |= region.ClearYoung(range);
        }

        return isYoung;
    }

    /// <inheritdoc cref="IAgingNotifier.ClearYoung(in AgeQuery)"/>
    internal void ClearYoung(scoped in AgeQuery query)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        for (int i = _listed.FirstOverlapping(query.Range); i < _listed.Count && _listed[i].Range.Start < query.Range.End; i++)
        {
            _listed[i].ClearYoung(in query);
        }

        foreach (RegisteredRegion region in _unlisted)
        {
            region.ClearYoung(in query);
        }
    }

    /// <inheritdoc cref="IAgingNotifier.TestYoung"/>
    internal bool TestYoung(VirtualAddress address)
    {
        using SharedLock.Scope scope = _lock.EnterScope();
        int at = _listed.FirstOverlapping(AddressRange.OfPage(address));
        return (at < _listed.Count && _listed[at].TestYoung(address)) || _unlisted.Exists(region => region.TestYoung(address));
    }
}
