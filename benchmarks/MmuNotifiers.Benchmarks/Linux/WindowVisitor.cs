using System.Runtime.InteropServices;

namespace MmuNotifiers.Benchmarks.Linux;

/// <summary>Touches a window from native code on a processor of its choice, as nothing managed may.</summary>
internal static unsafe partial class WindowVisitor
{
    private const int Words = 16;

    /// <summary>Runs something on a thread that stays on one processor.</summary>
    internal static T On<T>(int processor, Func<T> run)
    {
        T result = default!;
        Thread thread = new(() =>
        {
            // SAFETY: a bitmap of the stack, which the kernel reads.
            ulong* set = stackalloc ulong[Words];
            new Span<ulong>(set, Words).Clear();
            set[processor / 64] = 1UL << (processor % 64);
            _ = SetAffinity(0, Words * sizeof(ulong), set);
            result = run();
        });
        thread.Start();
        thread.Join();
        return result;
    }

    /// <summary>Stores a byte.</summary>
    internal static void Touch(VirtualAddress address) => Set((nint)address.Value, 1, 1);

    /// <summary>Loads eight bytes.</summary>
    internal static ulong Load(VirtualAddress address)
    {
        // SAFETY: the C library copies from the window to the stack.
        ulong value;
        Copy((nint)(&value), (nint)address.Value, sizeof(ulong));
        return value;
    }

    /// <summary>Stores eight bytes.</summary>
    internal static void Store(VirtualAddress address, ulong value) => Copy((nint)address.Value, (nint)(&value), sizeof(ulong));

    [LibraryImport("libc", EntryPoint = "memcpy")]
    private static partial nint Copy(nint destination, nint source, nuint bytes);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial nint Set(nint destination, int value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* set);
}
