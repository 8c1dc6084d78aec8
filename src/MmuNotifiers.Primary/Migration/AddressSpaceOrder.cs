namespace MmuNotifiers.Primary;

/// <summary>The order in which the map locks of several address spaces are taken.</summary>
internal sealed class AddressSpaceOrder : IComparer<AddressSpace>
{
    internal static AddressSpaceOrder Instance { get; } = new();

    public int Compare(AddressSpace? x, AddressSpace? y) => Comparer<long>.Default.Compare(x?.Number ?? 0, y?.Number ?? 0);
}
