using System.Diagnostics;
using System.Runtime.InteropServices;
using MmuNotifiers.Benchmarks.Peers;
using MmuNotifiers.Linux;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Benchmarks.Linux;

/// <summary>What faults of native code cost, and what requests of userfaultfd cost that bring in 64 pages at once; as <c>uffd_peer.c</c> does it.</summary>
internal static unsafe class FaultMeasurement
{
    private const int Pages = 4096;
    private const int Batch = 64;
    private const ulong Version = 0xAA;

    /// <summary>The window fits, so that nothing is ever stored.</summary>
    private static readonly MemorySwapStore Unused = new(1);

    /// <summary>A store to each page of a window that fits, which the handler on processor 0 fills.</summary>
    /// <param name="processor">Where the stores are made.</param>
    internal static Sample Touch(int processor)
    {
        using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions { Pages = Pages, MaxResidentPages = Pages + 64, Swap = Unused, HandlerProcessor = 0 });
        return WindowVisitor.On(processor, () =>
        {
            long start = Stopwatch.GetTimestamp();
            for (int page = 0; page < Pages; page++)
            {
                WindowVisitor.Touch(memory.Range.Start + ((ulong)page << Page.Shift));
            }

            return new Sample(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Pages, 0);
        });
    }

    /// <summary>UFFDIO_COPY of 64 pages.</summary>
    internal static Sample Copy() => BetweenAnonymous(UserfaultRequest.Copy, UserfaultFeatures.None);

    /// <summary>UFFDIO_MOVE of 64 pages.</summary>
    internal static Sample Move() => BetweenAnonymous(UserfaultRequest.Move, UserfaultFeatures.Move);

    /// <summary>UFFDIO_CONTINUE of 64 pages of shared memory.</summary>
    internal static Sample Continue()
    {
        using FileDescriptor file = FileDescriptor.Own(Libc.CreateMemoryFile("benchmark", Libc.MemoryFileCloseOnExec), "memfd_create");
        LinuxException.ThrowIfFailed(Libc.Truncate(file, (long)Pages << Page.Shift), "ftruncate");
        using MemoryMapping window = MemoryMapping.Shared(file, Pages << Page.Shift);
        using MemoryMapping other = MemoryMapping.Shared(file, Pages << Page.Shift);
        return Fill(UserfaultRequest.Continue, UserfaultFeatures.MinorShared, UserfaultMode.Minor, window, other);
    }

    private static Sample BetweenAnonymous(uint request, UserfaultFeatures features)
    {
        using MemoryMapping window = MemoryMapping.Anonymous(Pages << Page.Shift);
        using MemoryMapping source = MemoryMapping.Anonymous(Pages << Page.Shift);
        return Fill(request, features, UserfaultMode.Missing, window, source);
    }

    private static Sample Fill(uint number, UserfaultFeatures features, UserfaultMode mode, MemoryMapping window, MemoryMapping source)
    {
        // SAFETY: the source is a mapping that nobody serves; requests are structures of the stack, longer than what each number names.
        new Span<byte>((void*)source.Address, Pages << Page.Shift).Fill(1);
        nint call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282;
        using FileDescriptor faults = FileDescriptor.Own(Libc.SystemCall(call, Libc.CloseOnExec | Libc.NonBlocking), "userfaultfd");
        UserfaultRequest api = new() { Word0 = Version, Word1 = (ulong)features };
        Check(Libc.Control(faults, UserfaultRequest.Api, &api));
        UserfaultRequest area = new() { Word0 = window.Range.Start.Value, Word1 = window.LengthBytes, Word2 = (ulong)mode };
        Check(Libc.Control(faults, UserfaultRequest.Register, &area));
        long start = Stopwatch.GetTimestamp();
        for (ulong at = 0; at < Pages << Page.Shift; at += Batch << Page.Shift)
        {
            UserfaultRequest request = number == UserfaultRequest.Continue
                ? new UserfaultRequest { Word0 = window.Range.Start.Value + at, Word1 = Batch << Page.Shift }
                : new UserfaultRequest { Word0 = window.Range.Start.Value + at, Word1 = (ulong)source.Address + at, Word2 = Batch << Page.Shift };
            Check(Libc.Control(faults, number, &request));
        }

        return new Sample(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Pages, 0);
    }

    private static void Check(int result) => LinuxException.ThrowIfFailed(result, "ioctl(userfaultfd)");
}
