namespace MmuNotifiers.Tests.Support;

/// <summary>A subscriber that prefetches and is young whenever it is asked.</summary>
internal sealed class HintedNotifier : IMmuNotifier, IUpdateNotifier, IAgingNotifier
{
    internal List<string> Calls { get; } = [];

    public bool InvalidateRangeStart(in InvalidationRange range) => true;

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
    }

    public void Release()
    {
    }

    public void UpdateRange(AddressRange range, AccessRights rights) => Calls.Add($"update {range}");

    public void ChangeProtection(AddressRange range, AccessRights rights) => Calls.Add($"protection {range}");

    public bool ClearFlushYoung(AddressRange range) => true;

    public bool ClearYoung(AddressRange range) => true;

    public bool TestYoung(VirtualAddress address) => true;
}
