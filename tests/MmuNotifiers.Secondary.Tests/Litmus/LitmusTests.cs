using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;

namespace MmuNotifiers.Secondary.Tests;

public sealed class LitmusTests
{
    private static readonly TimeSpan ControlLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public void Busy_cpus_never_use_a_frame_that_was_freed()
    {
        SkipUnlessTheControlFails();
        FakePrimary primary = new();
        using TlbDomain domain = new(primary, 64);

        LitmusOutcome outcome = LitmusRun.Run(() => new TlbLitmusDevice(domain.AddCpu()), primary, Limit, stopWhenStale: false);

        Assert.False(outcome.IsStale, $"{outcome}");
        Assert.True(outcome is { Steps: > 0, Replaced: > 0 }, $"{outcome}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcome} {domain.Statistics}");
    }

    [Fact]
    public void Busy_virtual_cpus_of_a_shadow_mmu_never_use_a_frame_that_was_freed()
    {
        SkipUnlessTheControlFails();
        FakePrimary primary = new();
        using ShadowMmu mmu = new(primary);
        mmu.AddMemorySlot(0, new GuestFrameNumber(Addresses.Base.PageNumber), Addresses.Pages(0, 64));

        LitmusOutcome outcome = LitmusRun.Run(() => new ShadowLitmusDevice(mmu.AddVirtualCpu()), primary, Limit, stopWhenStale: false);

        Assert.False(outcome.IsStale, $"{outcome}");
        Assert.True(outcome is { Steps: > 0, Replaced: > 0 }, $"{outcome}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcome} {mmu.Statistics}");
    }

    [Fact]
    public void Busy_queues_of_a_network_card_never_use_a_frame_that_was_freed()
    {
        SkipUnlessTheControlFails();
        FakePrimary primary = new();

        // Two entries for four pages, so that pages take each other's places.
        using CardContext context = new NetworkCard(new NetworkCardOptions { Entries = 2, Ways = 2 }).Attach(primary);

        LitmusOutcome outcome = LitmusRun.Run(() => new SpanLitmusDevice(context.AddDevice()), primary, Limit, stopWhenStale: false);

        Assert.False(outcome.IsStale, $"{outcome}");
        Assert.True(outcome is { Steps: > 0, Replaced: > 0 }, $"{outcome}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcome} {context.Statistics}");
    }

    [Theory]
    [InlineData(RegistrationAttachment.Interval)]
    [InlineData(RegistrationAttachment.AddressSpace)]
    public void Busy_clients_of_a_registration_cache_never_use_a_frame_that_was_freed(RegistrationAttachment attachment)
    {
        SkipUnlessTheControlFails();
        FakePrimary primary = new();
        RegistrationCacheOptions options = new() { MaxRegions = 2, MaxMergedBytes = 0, Attachment = attachment };
        using RegistrationCache cache = new(primary, options);

        LitmusOutcome outcome = LitmusRun.Run(() => new SpanLitmusDevice(cache.AddClient()), primary, Limit, stopWhenStale: false);

        Assert.False(outcome.IsStale, $"{outcome}");
        Assert.True(outcome is { Steps: > 0, Replaced: > 0 } && cache.Statistics.Evictions > 0, $"{outcome}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcome} {cache.Statistics}");
    }

    /// <summary>A machine on which the broken twin shows nothing shows nothing about the real one either.</summary>
    private static void SkipUnlessTheControlFails()
    {
        FakePrimary primary = new();
        LitmusOutcome control = LitmusRun.Run(() => new UnprotectedTlb(primary), primary, ControlLimit, stopWhenStale: true);
        Assert.SkipUnless(control.IsStale, $"Inconclusive: the unprotected twin showed no stale access on this host: {control}.");
    }
}
