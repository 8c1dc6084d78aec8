using System.Runtime.InteropServices;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Windows among what else goes on in a process: collections, signals, too little room, stores that fail. Nothing is stuck, nothing is lost.</summary>
public sealed partial class PagedMemoryStressTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    [Fact]
    public void Nothing_is_lost_or_mixed_up_where_the_store_fails_again_and_again() => Isolated.RunForEachBacking(
        static backing =>
        {
            SwapFaultOptions faults = new() { FailedWrites = 0.05, FullWrites = 0.05, UnavailableReads = 0.1, SlowTransfers = 0.002, Delay = TimeSpan.FromMilliseconds(1) };
            using var swap = new OwnedStore(new FaultInjectingSwapStore(new MemorySwapStore(4096), faults));
            using PagedMemory memory = PagedMemory.Create(
                new PagedMemoryOptions { Pages = 2048, MaxResidentPages = 512, Swap = swap.Store, Backing = backing, HandlerThreads = 2 });
            using var crew = new TouchCrew(memory.Range, threads: 2, hotPages: 64);
            crew.RunUntil(static () => false, Long);
            crew.Stop();
            Assert.Equal(0UL, crew.Wrong);
            PagedMemoryStatistics statistics = memory.Statistics;
            Assert.True(statistics.FailedWrites > 10 && statistics.FailedReads > 10 && statistics.Evictions > 2048, $"{statistics}");
            Assert.NotEmpty(memory.Failures);
        },
        Limit);

    [Fact]
    public void Managed_readers_and_writers_native_ones_and_collections_do_not_block_each_other() => Isolated.RunForEachBacking(
        static backing =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(8192));
            using PagedMemory memory = PagedMemory.Create(
                new PagedMemoryOptions { Pages = 2048, MaxResidentPages = 256, Swap = swap.Store, Backing = backing });
            using var crew = new TouchCrew(new AddressRange(memory.Range.Start, memory.Range.Start + (1024UL << Page.Shift)), threads: 2, hotPages: 16);
            using var end = new CancellationTokenSource();
            var users = new ManagedUser[4];
            for (int i = 0; i < users.Length; i++)
            {
                VirtualAddress first = memory.Range.Start + ((ulong)(1024 + (i * 256)) << Page.Shift);
                users[i] = new ManagedUser(memory, AddressRange.FromPages(first, 256), i + 1, end.Token);
            }

            int collections = 0;
            crew.RunUntil(
                () =>
                {
                    GC.Collect(collections++ % 3, GCCollectionMode.Forced, blocking: true);
                    return false;
                },
                Long);
            end.Cancel();
            crew.Stop();
            Assert.All(users, static user => Assert.True(user.End() > 100));
            Assert.Equal(0UL, crew.Wrong);
            Assert.True(collections > 5, $"only {collections} collections");
            Assert.True(memory.Statistics.Evictions > 1000, $"{memory.Statistics}");
        },
        Limit);

    [Fact]
    public void Threads_that_need_more_pages_than_fit_get_on() => Isolated.RunForEachBacking(
        static backing =>
        {
            using var swap = new OwnedStore(new MemorySwapStore(256));
            using PagedMemory memory = PagedMemory.Create(
                new PagedMemoryOptions { Pages = 64, MaxResidentPages = 16, Swap = swap.Store, Backing = backing, AsksKernel = false });
            using var end = new CancellationTokenSource();
            var copiers = new Task<long>[2];
            for (int i = 0; i < copiers.Length; i++)
            {
                VirtualAddress mine = memory.Range.Start + ((ulong)(i * 32) << Page.Shift);
                copiers[i] = Task.Factory.StartNew(() => CopyAcrossPages(mine, end.Token), TaskCreationOptions.LongRunning);
            }

            TouchCrew.Wait(Long);
            end.Cancel();
            Task.WaitAll(copiers);
            Assert.All(copiers, static copier => Assert.True(copier.Result > 20, $"only {copier.Result} rounds"));
            Assert.True(memory.Statistics.Evictions > 100, $"{memory.Statistics}");
        },
        Limit);

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_fault_that_a_signal_interrupts_is_served_all_the_same() => Isolated.Run(
        () =>
        {
            Host.Require();
            using PosixSignalRegistration handled = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, static signal => signal.Cancel = true);

            // A store that takes its time, so that signals find threads in a fault, and a second handler, which reads the second message meanwhile.
            SwapFaultOptions slow = new() { SlowTransfers = 1, Delay = TimeSpan.FromMilliseconds(1) };
            using var swap = new OwnedStore(new FaultInjectingSwapStore(new MemorySwapStore(1024), slow));
            using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions { Pages = 256, MaxResidentPages = 32, Swap = swap.Store, HandlerThreads = 2 });
            using var crew = new TouchCrew(memory.Range, threads: 2, hotPages: 0);
            long signals = 0;
            long end = Environment.TickCount64 + (long)Long.TotalMilliseconds;
            crew.RunUntil(
                () =>
                {
                    signals += SignalAllThreads();
                    return Environment.TickCount64 >= end && signals > 1000 && InterruptedFaults(memory) > 0;
                },
                Limit / 2);
            crew.Stop();
            Assert.Equal(0UL, crew.Wrong);
            Assert.True(signals > 1000, $"only {signals} signals");
            Assert.True(InterruptedFaults(memory) > 0, $"no fault was interrupted: {memory.Statistics}");
        },
        Limit);

    /// <summary>Copies from one place to another where each copy needs four pages at once, through all of 32 pages.</summary>
    private static long CopyAcrossPages(VirtualAddress first, CancellationToken end)
    {
        long rounds = 0;
        while (!end.IsCancellationRequested)
        {
            for (ulong page = 0; page < 30; page++)
            {
                NativeAccess.Move(first + (((page + 1) % 30) << Page.Shift) + 4092, first + (page << Page.Shift) + 4092, 8);
            }

            rounds++;
        }

        return rounds;
    }

    /// <summary>How many faults were reported while somebody had their page, or had brought it in.</summary>
    private static long InterruptedFaults(PagedMemory memory)
    {
        PagedMemoryStatistics statistics = memory.Statistics;
        return statistics.DuplicateFaults + statistics.DeferredFaults;
    }

    /// <summary>Sends a handled signal to each thread of this process.</summary>
    /// <returns>How many it sent.</returns>
    private static long SignalAllThreads()
    {
        const int WindowChanged = 28;
        long signals = 0;
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            signals += SendSignal(Environment.ProcessId, int.Parse(Path.GetFileName(thread), System.Globalization.CultureInfo.InvariantCulture), WindowChanged) == 0 ? 1 : 0;
        }

        return signals;
    }

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SendSignal(int process, int thread, int signal);
}
