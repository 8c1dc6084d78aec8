namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>A cache over the table that looks, at each flush, what is there.</summary>
internal sealed class PteWitness(Func<(bool MapsOld, bool MapsAny)> look) : ISecondaryTlb
{
    internal List<(bool MapsOld, bool MapsAny)> Seen { get; } = [];

    internal List<AddressRange> Flushed { get; } = [];

    public void Invalidate(AddressRange range)
    {
        Flushed.Add(range);
        Seen.Add(look());
    }
}
