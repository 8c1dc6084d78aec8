namespace MmuNotifiers.Primary.Tests.Snapshots;

/// <summary>A stream whose second write, the first of pages, waits to be let go.</summary>
internal sealed class HeldStream : MemoryStream
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void AwaitWrite() => _reached.Task.Wait(TestContext.Current.CancellationToken);

    internal void GoOn() => _release.SetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Length > 0)
        {
            _reached.TrySetResult();
            await _release.Task;
        }

        await base.WriteAsync(buffer, cancellationToken);
    }
}
