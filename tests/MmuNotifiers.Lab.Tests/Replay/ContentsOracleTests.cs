using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;
using static MmuNotifiers.Lab.Tests.Replay.ScriptBuilder;

namespace MmuNotifiers.Lab.Tests.Replay;

public sealed class ContentsOracleTests
{
    private const int Pages = 24;

    /// <summary>Sites whose loss a device of a replay can run into: it loads what was unmapped, copied or forbidden.</summary>
    public static TheoryData<HookSite, SecondaryKind> Sites
    {
        get
        {
            TheoryData<HookSite, SecondaryKind> data = [];
            HookSite[] sites = [HookSite.Unmap, HookSite.Protect, HookSite.Move, HookSite.CopyOnWrite, HookSite.ZeroPage, HookSite.Discard];
            foreach (HookSite site in sites)
            {
                data.Add(site, SecondaryKind.Tlb);
                data.Add(site, SecondaryKind.Shadow);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sites))]
    public void A_hook_that_is_left_out_makes_stale_accesses(HookSite site, SecondaryKind secondary)
    {
        ReplayReport report = Run(site, new ReplayOptions
        {
            Secondaries = [secondary],
            DeviceRate = 8,
            Hooks = HookTable.Standard.Without(site),
        });
        Assert.True(report.StaleAccesses > 0, report.ToString());
        Assert.Equal(ReplayVerdict.Violation, report.Verdict);
        Assert.Equal(report.StaleAccesses, Assert.Single(report.Secondaries).StaleAccesses);
        Assert.NotEmpty(report.Violations);
    }

    [Theory]
    [MemberData(nameof(Sites))]
    public void With_every_hook_the_same_script_is_fine(HookSite site, SecondaryKind secondary)
    {
        ReplayReport report = Run(site, new ReplayOptions { Secondaries = [secondary], DeviceRate = 8 });
        Assert.Empty(report.Violations);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.True(report.Secondaries[0].DeviceAccesses > 100, "The devices were at work.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        ReplayOptions options = new() { DeviceRate = 3, Seed = 7 };
        ReplayReport first = Run(HookSite.CopyOnWrite, options);
        ReplayReport second = Run(HookSite.CopyOnWrite, options);
        Assert.Equal(Figures(first), Figures(second));
        Assert.NotEqual(Figures(first), Figures(Run(HookSite.CopyOnWrite, options with { Seed = 8 })));
    }

    [Fact]
    public void Without_secondaries_the_program_alone_is_checked()
    {
        ReplayReport report = Run(HookSite.Move, new ReplayOptions { Secondaries = [] });
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        Assert.Empty(report.Secondaries);
        Assert.Equal(0, report.Cost.NotifierNanoseconds);
    }

    private static object[] Figures(ReplayReport report) =>
        [.. report.Secondaries.Select(row => (row.DeviceAccesses, row.DeviceFaults, row.RefusedFaults, row.PagesInvalidated))];

    private static ReplayReport Run(HookSite site, ReplayOptions options) =>
        TraceReplay.Run(Script(site).Build(), options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>A program that goes through a site again and again, with its pages in use before and after.</summary>
    private static ScriptBuilder Script(HookSite site)
    {
        ScriptBuilder script = new ScriptBuilder().Map(Mapped, Pages);
        for (int i = 0; i < Pages; i++)
        {
            script.Write(Mapped + ((ulong)i * 4096));
        }

        for (int round = 0; round < 6; round++)
        {
            Round(script, site, round);
        }

        return script;
    }

    private static void Round(ScriptBuilder script, HookSite site, int round)
    {
        ulong half = Mapped + (Pages / 2 * 4096);
        ulong elsewhere = Mapped + 0x100_0000;
        switch (site)
        {
            case HookSite.Unmap:
                script.Unmap(half, Pages / 2);
                Idle(script);
                script.Map(half, Pages / 2);
                Each(script, half, script.Write);
                break;
            case HookSite.Protect:
                script.Protect(half, Pages / 2, LinuxProtection.None);
                Idle(script);
                script.Protect(half, Pages / 2, LinuxProtection.Read | LinuxProtection.Write);
                break;
            case HookSite.Move:
                script.Remap(round % 2 == 0 ? half : elsewhere, Pages / 2, Pages / 2, round % 2 == 0 ? elsewhere : half);
                Idle(script);
                break;
            case HookSite.CopyOnWrite:
                script.Fork(100 + round);
                Idle(script);
                Each(script, half, script.Break);
                script.As(100 + round).Exit().As(1);
                break;
            case HookSite.ZeroPage:
                script.Advise(half, Pages / 2, LinuxAdvice.DontNeed);
                Each(script, half, script.Read);
                Each(script, half, script.Break);
                break;
            case HookSite.Discard:
                script.Advise(half, Pages / 2, LinuxAdvice.DontNeed);
                Each(script, half, script.Read);
                break;
        }
    }

    /// <summary>Calls that change nothing: time for the devices.</summary>
    private static void Idle(ScriptBuilder script)
    {
        for (int i = 0; i < 20; i++)
        {
            script.Advise(Code, 1, LinuxAdvice.Random);
        }
    }

    private static void Each(ScriptBuilder script, ulong from, Func<ulong, ScriptBuilder> access)
    {
        for (int i = 0; i < Pages / 2; i++)
        {
            access(from + ((ulong)i * 4096));
        }
    }
}
