using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;
using static MmuNotifiers.Lab.Tests.Replay.ScriptBuilder;

namespace MmuNotifiers.Lab.Tests.Replay;

public sealed class ConcurrentDevicesTests
{
    private const int Rounds = 60;
    private const int Pages = 8;

    /// <summary>On a loaded host the devices may sleep through a whole run: the control is given this many.</summary>
    private const int ControlAttempts = 20;

    [Theory]
    [InlineData(SecondaryKind.Tlb)]
    [InlineData(SecondaryKind.Shadow)]
    [InlineData(SecondaryKind.NetworkCard)]
    [InlineData(SecondaryKind.Registration)]
    public void Devices_beside_the_program_find_the_hook_that_is_left_out_and_nothing_else(SecondaryKind secondary)
    {
        ReplayOptions broken = Options(secondary) with { Hooks = HookTable.Standard.Without(HookSite.Unmap) };
        ReplayReport found = Run(broken);
        for (int attempt = 1; attempt < ControlAttempts && found.StaleAccesses == 0; attempt++)
        {
            found = Run(broken);
        }

        Assert.True(found.StaleAccesses > 0, "The negative control found nothing: the checker is blind.");
        Assert.Equal(ReplayVerdict.Violation, found.Verdict);

        ReplayReport clean = RunClean(secondary);
        for (int attempt = 1; attempt < ControlAttempts && clean.Verdict == ReplayVerdict.Inconclusive; attempt++)
        {
            clean = RunClean(secondary);
        }

        Assert.Equal(ReplayVerdict.Fine, clean.Verdict);
        Assert.True(clean.Secondaries[0].DeviceAccesses > Rounds, "The devices were at work.");
    }

    /// <summary>
    /// Never a violation. Where the host lets the program sleep while its devices go on, they touch many pages before it does, and its own
    /// recorded faults do not happen: then the answer is inconclusive.
    /// </summary>
    private static ReplayReport RunClean(SecondaryKind secondary)
    {
        ReplayReport report = Run(Options(secondary));
        Assert.Empty(report.Violations);
        Assert.NotEqual(ReplayVerdict.Violation, report.Verdict);
        return report;
    }

    private static ReplayOptions Options(SecondaryKind secondary) =>
        new() { Secondaries = [secondary], DeviceRate = 20, Devices = DeviceMode.Concurrent };

    private static ReplayReport Run(ReplayOptions options) =>
        TraceReplay.Run(Script().Build(), options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Pages come, are used and go, with calls between that change nothing and leave the devices time.</summary>
    private static ScriptBuilder Script()
    {
        ScriptBuilder script = new();
        for (int round = 0; round < Rounds; round++)
        {
            script.Map(Mapped, Pages);
            for (ulong page = 0; page < Pages; page++)
            {
                script.Write(Mapped + (page * 4096));
            }

            Idle(script);
            script.Unmap(Mapped, Pages);
            Idle(script);
        }

        return script;
    }

    private static void Idle(ScriptBuilder script)
    {
        for (int i = 0; i < 400; i++)
        {
            script.Advise(Code, 1, LinuxAdvice.Random);
        }
    }
}
