namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>A store that ends with the test.</summary>
internal sealed class OwnedStore(ISwapStore store) : IDisposable
{
    internal ISwapStore Store => store;

    public void Dispose() => store.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
