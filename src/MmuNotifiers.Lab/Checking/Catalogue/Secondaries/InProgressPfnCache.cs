namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Asks for the count in progress, which rises after the cache was invalidated: a refresh between the two is missed (B19).</summary>
internal sealed class InProgressPfnCache(IPrimaryMmu primary) : PfnCache(primary)
{
    protected override bool IsBusy(AddressRange page) => Brackets.Covers(page);
}
