using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Linux.Live.Tests.Secondaries;

/// <summary>Every secondary MMU over real memory of four times as many pages as there are frames, with native code beside it.</summary>
public sealed class LiveSecondaryTests
{
    private const int Pages = 1024;
    private const int ResidentPages = Pages / 4;
    private const int Rounds = 15_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static MatrixTheoryData<string, PagedMemoryBacking> Cases { get; } = new(
        ["software TLB", "shadow MMU", "network card", "registration cache"], [PagedMemoryBacking.Anonymous, PagedMemoryBacking.SharedMemory]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_secondary_over_real_memory_reads_nothing_stale_and_loses_nothing(string kind, PagedMemoryBacking backing)
    {
        (SharedPages pages, int lost, SecondaryStatistics statistics, PagedMemoryStatistics memory) = await Run(kind, backing);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{kind}, {backing}: {pages.NativeAccesses} native and {pages.DeviceAccesses} device accesses, {memory.Evictions} evictions, {statistics.Callbacks} callbacks, {statistics.DeviceFaults} device faults, {statistics.Retries} retries"));
        Assert.Equal((0L, 0, 0L), (pages.Stale, lost, pages.Refused));
        Assert.True(memory.Evictions > Rounds / 4, $"only {memory.Evictions} evictions");
        Assert.True(statistics.Callbacks > Rounds / 100, $"only {statistics.Callbacks} callbacks");

        // Each has room for a translation of every page: whoever faults more often than there are pages lost some in between.
        Assert.True(statistics.DeviceFaults > 2 * Pages, $"only {statistics.DeviceFaults} faults of the device");
        Assert.Equal(0, memory.FailedReads + memory.FailedWrites);
    }

    /// <summary>
    /// Of shared memory, whose frames stay addresses of this process when their page goes; a translation of anonymous memory that outlives its page is an
    /// access to the window itself, which managed code must not make.
    /// </summary>
    [Theory]
    [InlineData("software TLB")]
    [InlineData("shadow MMU")]
    [InlineData("network card")]
    [InlineData("registration cache")]
    public async Task A_secondary_that_ignores_its_invalidations_is_caught_reading_a_page_that_has_gone(string kind)
    {
        Host.Require(HostCapabilities.SharedPagedMemory);
        using Watchdog watchdog = new(Limit);
        Assert.Equal(0, await ReadAfterEviction(kind, isDeaf: false));
        Assert.Equal(1, await ReadAfterEviction(kind, isDeaf: true));
    }

    /// <summary>Has a device translate a page, evicts the page, and has the device read it again.</summary>
    /// <returns>How many loads were stale.</returns>
    private static async Task<long> ReadAfterEviction(string kind, bool isDeaf)
    {
        await using MemorySwapStore swap = new(2 * Pages);
        using PagedMemory memory = Create(swap, PagedMemoryBacking.SharedMemory);
        SharedPages pages = new(memory.Range);
        using ISecondaryMmu secondary = Attach(kind, isDeaf ? new DeafPrimary(memory) : memory);
        ISecondaryDevice device = secondary.AddDevice();
        pages.StoreByNative(0, 1);
        pages.LoadByDevice(device, 0);
        Assert.Equal((0, 0), (pages.Stale, pages.Refused));
        for (int page = 1; page < Pages && IsThere(memory, pages.AddressOf(0)); page++)
        {
            pages.StoreByNative(page, 1);
        }

        Assert.False(IsThere(memory, pages.AddressOf(0)));
        pages.LoadByDevice(device, 0);
        return pages.Stale;
    }

    private static bool IsThere(PagedMemory memory, VirtualAddress page)
    {
        Translation[] translation = new Translation[1];
        Assert.Equal(FaultResult.Success, memory.FaultRange(AddressRange.OfPage(page), AccessRights.None, translation).Result);
        return translation[0].Rights != AccessRights.None;
    }

    private static async Task<(SharedPages Pages, int Lost, SecondaryStatistics Statistics, PagedMemoryStatistics Memory)> Run(
        string kind, PagedMemoryBacking backing)
    {
        Host.Require(backing == PagedMemoryBacking.Anonymous ? HostCapabilities.PagedMemory : HostCapabilities.SharedPagedMemory);
        using Watchdog watchdog = new(Limit);
        await using MemorySwapStore swap = new(2 * Pages);
        using PagedMemory memory = Create(swap, backing);
        SharedPages pages = new(memory.Range);
        using CancellationTokenSource end = new();
        using ISecondaryMmu secondary = Attach(kind, memory);
        Thread native = new(() => pages.TouchByNative(seed: 1, end.Token));
        native.Start();
        pages.TouchByDevice(secondary.AddDevice(), seed: 2, Rounds);
        await end.CancelAsync();
        native.Join();
        int lost = pages.CountLost(memory);
        return (pages, lost, secondary.Statistics, memory.Statistics);
    }

    private static PagedMemory Create(MemorySwapStore swap, PagedMemoryBacking backing) => PagedMemory.Create(new PagedMemoryOptions
    {
        Pages = Pages, MaxResidentPages = ResidentPages, Swap = swap, Backing = backing, MinimumResidency = TimeSpan.FromMicroseconds(100),
    });

    private static ISecondaryMmu Attach(string kind, IPrimaryMmu memory) => kind switch
    {
        "software TLB" => new TlbDomain(memory, 1024),
        "shadow MMU" => new IdentityGuest(memory),
        "network card" => new NetworkCard(new NetworkCardOptions { Entries = 1024 }).Attach(memory),
        _ => new RegistrationCache(memory),
    };
}
