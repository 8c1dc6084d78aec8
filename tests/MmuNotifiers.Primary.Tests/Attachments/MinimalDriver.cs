namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>A driver with the operations that none can do without.</summary>
internal sealed class MinimalDriver : IIoprocNotifier
{
    internal List<AddressRange> Invalidated { get; } = [];

    public void Release()
    {
    }

    public void InvalidateRange(IMappedArea area, AddressRange range) => Invalidated.Add(range);

    public void ChangeProtection(IMappedArea area, AddressRange range, AccessRights rights)
    {
    }

    public void ResumeLoads(IMappedArea area, AddressRange range)
    {
    }
}
