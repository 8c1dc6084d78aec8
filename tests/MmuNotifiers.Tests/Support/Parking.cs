namespace MmuNotifiers.Tests.Support;

/// <summary>A place where a thread of a test stops until the test lets it go on.</summary>
internal sealed class Parking : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _arrived = new();
    private readonly ManualResetEventSlim _released = new();

    /// <summary>Called by the thread that parks.</summary>
    internal void Park()
    {
        _arrived.Set();
        Assert.True(_released.Wait(Limit), "The test never let the parked thread go on.");
    }

    /// <summary>Waits until a thread has parked.</summary>
    internal void WaitForArrival() => Assert.True(_arrived.Wait(Limit), "No thread came to the parking.");

    /// <summary>Lets the parked thread, and everyone who comes later, go on.</summary>
    internal void Release() => _released.Set();

    public void Dispose()
    {
        _arrived.Dispose();
        _released.Dispose();
    }
}
