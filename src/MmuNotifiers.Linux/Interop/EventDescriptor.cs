namespace MmuNotifiers.Linux;

/// <summary>An event that threads wait for together with descriptors (eventfd): once it is set it stays so.</summary>
internal sealed unsafe class EventDescriptor : IDisposable
{
    private readonly FileDescriptor _descriptor = FileDescriptor.Own(Libc.CreateEvent(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");

    /// <summary>What to poll for input.</summary>
    internal FileDescriptor Descriptor => _descriptor;

    /// <summary>Sets it.</summary>
    internal void Set()
    {
        // SAFETY: eight bytes of the stack, which the kernel reads.
        ulong one = 1;
        _ = Libc.Write(_descriptor, &one, sizeof(ulong));
    }

    /// <summary>Waits for it, at most so long.</summary>
    /// <returns>Whether it is set.</returns>
    internal bool Wait(int timeoutMilliseconds)
    {
        // SAFETY: one structure of the stack, which the kernel fills.
        PollDescriptor poll = new() { Descriptor = _descriptor.Number, Events = Libc.PollIn };
        return Libc.Poll(&poll, 1, timeoutMilliseconds) > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
