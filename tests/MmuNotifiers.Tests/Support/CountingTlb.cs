namespace MmuNotifiers.Tests.Support;

/// <summary>A cache over the primary's table that counts its flushes.</summary>
internal sealed class CountingTlb : ISecondaryTlb
{
    internal List<AddressRange> Flushes { get; } = [];

    internal Action OnFlush { get; set; } = () => { };

    public void Invalidate(AddressRange range)
    {
        Flushes.Add(range);
        OnFlush();
    }
}
