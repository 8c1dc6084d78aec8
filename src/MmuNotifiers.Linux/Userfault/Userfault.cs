using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>
/// One userfaultfd: faults of registered ranges become messages, and the calls here answer them. Each call says what the kernel did; a refusal that
/// can happen to a correct caller is a result, every other one a <see cref="LinuxException"/>. Safe for any thread, allocates nothing.
/// </summary>
internal sealed unsafe class Userfault : IDisposable
{
    private const ulong Magic = 0xAA;
    private const string Device = "/dev/userfaultfd";

    private readonly FileDescriptor _descriptor;

    private Userfault(FileDescriptor descriptor, UserfaultFeatures features)
    {
        _descriptor = descriptor;
        Features = features;
    }

    /// <summary>What was asked for and is there.</summary>
    internal UserfaultFeatures Features { get; }

    /// <summary>The number of the userfaultfd system call on this processor.</summary>
    private static nint CallNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282;

    /// <summary>What the running kernel offers.</summary>
    /// <exception cref="LinuxException">The kernel has no userfaultfd, or this process may not use it.</exception>
    internal static UserfaultFeatures Probe()
    {
        using FileDescriptor descriptor = OpenDescriptor();
        return Handshake(descriptor, UserfaultFeatures.None);
    }

    /// <summary>Makes a descriptor with certain features.</summary>
    /// <exception cref="LinuxException">The kernel has no userfaultfd, lacks a feature, or this process may not use it.</exception>
    internal static Userfault Open(UserfaultFeatures features)
    {
        FileDescriptor descriptor = OpenDescriptor();
        try
        {
            Handshake(descriptor, features);
            return new Userfault(descriptor, features);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Reports faults of a range from now on.</summary>
    internal void Register(AddressRange range, UserfaultMode mode)
    {
        UserfaultRequest request = Over(range);
        request.Word2 = (ulong)mode;
        ThrowIfRefused(Send(UserfaultRequest.Register, &request), "UFFDIO_REGISTER", range);
    }

    /// <summary>Reports no faults of a range any more, and wakes who waits there.</summary>
    internal void Unregister(AddressRange range)
    {
        UserfaultRequest request = Over(range);
        ThrowIfRefused(Send(UserfaultRequest.Unregister, &request), "UFFDIO_UNREGISTER", range);
    }

    /// <summary>Lets every thread that waits for a page of the range try again.</summary>
    internal void Wake(AddressRange range)
    {
        UserfaultRequest request = Over(range);
        ThrowIfRefused(Send(UserfaultRequest.Wake, &request), "UFFDIO_WAKE", range);
    }

    /// <summary>Fills a missing page with bytes, atomically, and wakes who waits for it.</summary>
    /// <param name="page">The page's first address.</param>
    /// <param name="bytes">Where a page of bytes lies, outside of registered ranges.</param>
    /// <param name="isProtected">Whether the first store shall be reported.</param>
    /// <returns>Whether it is there; where it is not, nobody was woken.</returns>
    internal CopyResult Copy(VirtualAddress page, nint bytes, bool isProtected)
    {
        UserfaultRequest request = new()
        {
            Word0 = page.Value,
            Word1 = (ulong)bytes,
            Word2 = Page.SizeBytes,
            Word3 = isProtected ? 2UL : 0,
        };
        int error = SendAgain(UserfaultRequest.Copy, &request);
        return error == Errno.NoMemory ? CopyResult.NoMemory
            : Filled(error, "UFFDIO_COPY", page) ? CopyResult.Filled
            : CopyResult.Exists;
    }

    /// <summary>Lets every access to a missing page end in SIGBUS, and wakes who waits for it.</summary>
    /// <returns>False if there is a page, or poison, already; then nobody was woken.</returns>
    internal bool TryPoison(VirtualAddress page)
    {
        UserfaultRequest request = Over(AddressRange.OfPage(page));
        return Filled(SendAgain(UserfaultRequest.Poison, &request), "UFFDIO_POISON", page);
    }

    /// <summary>Moves pages: from one moment to the next the source has none, and the destination has them.</summary>
    /// <param name="destination">The first address, of a registered range, where there are no pages.</param>
    /// <param name="source">The pages.</param>
    /// <param name="errorNumber">Why it ended early; 0 if it did not.</param>
    /// <returns>How many pages from the start of the range were moved.</returns>
    internal int Move(VirtualAddress destination, AddressRange source, out int errorNumber)
    {
        ulong done = 0;
        for (; ;)
        {
            UserfaultRequest request = new()
            {
                Word0 = destination.Value + done,
                Word1 = source.Start.Value + done,
                Word2 = source.LengthBytes - done,
            };
            errorNumber = Send(UserfaultRequest.Move, &request);
            done += (long)request.Word4 > 0 ? request.Word4 : 0;
            if (errorNumber == 0 || done == source.LengthBytes)
            {
                errorNumber = 0;
                return (int)(source.LengthBytes >> Page.Shift);
            }

            if (errorNumber != Errno.TryAgain)
            {
                return (int)(done >> Page.Shift);
            }
        }
    }

    /// <summary>Reports the next store to each page of the range; on return none is in flight that is not.</summary>
    internal void Protect(AddressRange range)
    {
        UserfaultRequest request = Over(range);
        request.Word2 = 1;
        ThrowIfRefused(SendAgain(UserfaultRequest.WriteProtect, &request), "UFFDIO_WRITEPROTECT", range);
    }

    /// <summary>Lets stores to the range through again, and wakes who waits to store.</summary>
    internal void Unprotect(AddressRange range)
    {
        UserfaultRequest request = Over(range);
        ThrowIfRefused(SendAgain(UserfaultRequest.WriteProtect, &request), "UFFDIO_WRITEPROTECT(0)", range);
    }

    /// <summary>Waits until there is a message, or another event.</summary>
    /// <param name="end">The other event.</param>
    /// <param name="timeoutMilliseconds">How long at most; -1 for ever.</param>
    /// <returns>Whether the other event is set.</returns>
    internal bool WaitOr(EventDescriptor end, int timeoutMilliseconds)
    {
        // SAFETY: two structures of the stack, which the kernel fills; both descriptors outlive the threads that wait here.
        PollDescriptor* polls = stackalloc PollDescriptor[2];
        polls[0] = new PollDescriptor { Descriptor = _descriptor.Number, Events = Libc.PollIn };
        polls[1] = new PollDescriptor { Descriptor = end.Descriptor.Number, Events = Libc.PollIn };
        return Libc.Poll(polls, 2, timeoutMilliseconds) > 0 && polls[1].Returned != 0;
    }

    /// <summary>Takes messages that are there. Does not block.</summary>
    /// <returns>How many; 0 if there is none.</returns>
    internal int Read(Span<UserfaultMessage> messages)
    {
        // SAFETY: the kernel fills at most as many bytes as the span has.
        fixed (UserfaultMessage* first = messages)
        {
            nint bytes = Libc.Read(_descriptor, first, (nuint)(messages.Length * sizeof(UserfaultMessage)));
            if (bytes >= 0)
            {
                return (int)(bytes / sizeof(UserfaultMessage));
            }
        }

        int error = Marshal.GetLastPInvokeError();
        return error is Errno.TryAgain or Errno.Interrupted ? 0 : throw new LinuxException("read(userfaultfd)", error);
    }

    /// <summary>Ends all reports and wakes all who wait: they find what the kernel gives them.</summary>
    public void Dispose() => _descriptor.Dispose();

    private static FileDescriptor OpenDescriptor()
    {
        FileDescriptor? descriptor = FileDescriptor.TryOwn(Libc.SystemCall(CallNumber, Libc.CloseOnExec | Libc.NonBlocking));
        if (descriptor is not null)
        {
            return descriptor;
        }

        int error = Marshal.GetLastPInvokeError();
        using FileDescriptor? device = FileDescriptor.TryOwn(Libc.Open(Device, Libc.OpenReadWrite | Libc.CloseOnExec, 0));
        return device is null
            ? throw new LinuxException("userfaultfd", error)
            : FileDescriptor.Own(Libc.Control(device, UserfaultRequest.New, Libc.CloseOnExec | Libc.NonBlocking), $"ioctl({Device}, USERFAULTFD_IOC_NEW)");
    }

    private static UserfaultFeatures Handshake(FileDescriptor descriptor, UserfaultFeatures features)
    {
        UserfaultRequest request = new() { Word0 = Magic, Word1 = (ulong)features };
        return Libc.Control(descriptor, UserfaultRequest.Api, &request) == 0
            ? (UserfaultFeatures)request.Word1
            : throw LinuxException.Last($"ioctl(UFFDIO_API, {features})");
    }

    private static UserfaultRequest Over(AddressRange range) => new() { Word0 = range.Start.Value, Word1 = range.LengthBytes };

    private static bool Filled(int errorNumber, string operation, VirtualAddress page)
    {
        if (errorNumber == Errno.Exists)
        {
            return false;
        }

        ThrowIfRefused(errorNumber, operation, AddressRange.OfPage(page));
        return true;
    }

    private static void ThrowIfRefused(int errorNumber, string operation, AddressRange range)
    {
        if (errorNumber != 0)
        {
            throw new LinuxException($"ioctl({operation})", errorNumber, range);
        }
    }

    // SAFETY: the request is a structure of the caller's stack, at least as long as the size that its number names.
    private int Send(uint number, UserfaultRequest* request) =>
        Libc.Control(_descriptor, number, request) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>As <see cref="Send"/>, again and again while the kernel changes the mappings of the process: for requests that are done whole or not at all.</summary>
    private int SendAgain(uint number, UserfaultRequest* request)
    {
        int error;
        do
        {
            error = Send(number, request);
        }
        while (error == Errno.TryAgain);
        return error;
    }
}
