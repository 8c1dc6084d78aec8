using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using static MmuNotifiers.Lab.Tests.Replay.ScriptBuilder;

namespace MmuNotifiers.Lab.Tests.Replay;

public sealed class FaultOracleTests
{
    private const LinuxMapFlags SharedAnonymous = LinuxMapFlags.Shared | LinuxMapFlags.Anonymous;

    [Fact]
    public void A_load_maps_the_zero_page_and_a_store_replaces_it() =>
        AllMatch(new ScriptBuilder().Map(Mapped, 2).Read(Mapped).Break(Mapped + 8).Write(Mapped + 4096));

    [Fact]
    public void A_recorded_fault_on_a_page_that_is_there_does_not_match()
    {
        ReplayReport report = Replay(new ScriptBuilder().Map(Mapped, 1).Write(Mapped).Write(Mapped + 16));
        Assert.Equal(1, report.MatchedFaults);
        Assert.Equal("TakenByKernel", Assert.Single(report.FaultMismatches).Cause);
        Assert.Equal(50, report.FaultMatchPercent);
    }

    [Fact]
    public void A_fault_recorded_as_present_does_not_match_a_missing_page()
    {
        ReplayReport report = Replay(new ScriptBuilder().Map(Mapped, 1).Break(Mapped));
        Assert.Equal("PresentThere", Assert.Single(report.FaultMismatches).Cause);
    }

    [Fact]
    public void A_fault_where_nothing_is_mapped_does_not_match()
    {
        ReplayReport report = Replay(new ScriptBuilder().Write(Mapped));
        Assert.Equal("NotMapped", Assert.Single(report.FaultMismatches).Cause);
        Assert.Equal(ReplayVerdict.Inconclusive, report.Verdict);
    }

    [Fact]
    public void A_null_pointer_and_a_forbidden_store_are_signals_in_both()
    {
        ReplayReport report = AllMatch(new ScriptBuilder()
            .Read(0x18)
            .Map(Mapped, 1).Write(Mapped).Protect(Mapped, 1, LinuxProtection.Read).Break(Mapped));
        Assert.Equal(2, Assert.Single(report.Processes).Signals);
    }

    [Fact]
    public void A_fault_on_a_file_maps_sixteen_pages_around_it()
    {
        AllMatch(new ScriptBuilder().Read(Code + (3 * 4096)).Read(Code + (16 * 4096)));
        ReplayReport report = Replay(new ScriptBuilder().Read(Code + (3 * 4096)).Read(Code + (15 * 4096)));
        Assert.Equal("NotCached", Assert.Single(report.FaultMismatches).Cause);
    }

    [Fact]
    public void The_stack_grows_to_a_touch_below_it() =>
        AllMatch(new ScriptBuilder().Write(StackStart + 8).Write(StackStart - 4096 - 8).Write(StackStart - 16));

    [Fact]
    public void What_execve_left_on_the_stack_is_present() =>
        AllMatch(new ScriptBuilder().Write(StackTop - (2 * 4096)).Fork(2).Break(StackTop - 64).As(2).Break(StackTop - 64));

    [Fact]
    public void The_heap_follows_the_break() =>
        AllMatch(new ScriptBuilder().Break(0, Heap).Break(Heap + 8192, Heap + 8192).Write(Heap).Write(Heap + 4096)
            .Break(Heap + 4096, Heap + 4096).Break(Heap + 8192, Heap + 8192).Write(Heap + 4096));

    [Fact]
    public void A_fork_write_protects_both_sides() =>
        AllMatch(new ScriptBuilder().Map(Mapped, 2).Write(Mapped).Write(Mapped + 4096).Fork(2)
            .Break(Mapped).As(2).Break(Mapped + 4096).Break(Mapped).Exit().As(1).Break(Mapped + 4096));

    [Fact]
    public void A_vfork_child_shares_until_it_calls_execve() =>
        AllMatch(new ScriptBuilder().Map(Mapped, 1).Fork(2, LinuxCloneFlags.SharedAddressSpace | LinuxCloneFlags.VirtualFork)
            .As(2).Write(Mapped).Exec(2).Read(Code).As(1).Read(Code));

    [Fact]
    public void Threads_fault_once_for_all()
    {
        ReplayReport report = AllMatch(new ScriptBuilder().Map(Mapped, 2).Fork(7, LinuxCloneFlags.SharedAddressSpace | LinuxCloneFlags.Thread)
            .As(1, 7).Write(Mapped).As(1).Write(Mapped + 4096));
        Assert.Equal(2, Assert.Single(report.Processes).Threads);
    }

    [Fact]
    public void Two_threads_that_fault_on_a_page_at_once_match_with_one_fault()
    {
        ReplayReport report = AllMatch(new ScriptBuilder().Map(Mapped, 1).Fork(7, LinuxCloneFlags.SharedAddressSpace | LinuxCloneFlags.Thread)
            .Write(Mapped).AtOnce().As(1, 7).Write(Mapped + 8));
        Assert.Equal(1, report.FaultsRaisedTwice);
    }

    [Fact]
    public void A_thread_that_went_on_after_its_fault_excuses_nobody()
    {
        ReplayReport report = Replay(new ScriptBuilder().Map(Mapped, 2).Fork(7, LinuxCloneFlags.SharedAddressSpace | LinuxCloneFlags.Thread)
            .Write(Mapped).AtOnce().Write(Mapped + 4096).AtOnce().As(1, 7).Write(Mapped + 8));
        Assert.Equal(0, report.FaultsRaisedTwice);
        Assert.Equal(2, report.MatchedFaults);
    }

    [Fact]
    public void A_kernel_that_copies_with_faults_disabled_first_faults_twice()
    {
        ReplayReport report = AllMatch(new ScriptBuilder().Map(Mapped, 1)
            .Fault(Mapped, PageFaultError.None).AtOnce().Fault(Mapped, PageFaultError.None));
        Assert.Equal(1, report.FaultsRaisedTwice);
    }

    [Fact]
    public void Populated_pages_do_not_fault()
    {
        ReplayReport report = Replay(new ScriptBuilder()
            .Map(Mapped, 2, LinuxMapFlags.Private | LinuxMapFlags.Anonymous | LinuxMapFlags.Populate).Write(Mapped));
        Assert.Equal(0, report.MatchedFaults);
    }

    [Fact]
    public void Discarded_pages_fault_again() =>
        AllMatch(new ScriptBuilder().Map(Mapped, 2).Write(Mapped).Advise(Mapped, 2, LinuxAdvice.DontNeed).Read(Mapped).Break(Mapped));

    [Fact]
    public void Moved_pages_do_not_fault_at_their_new_place()
    {
        ScriptBuilder moved = new ScriptBuilder().Map(Mapped, 2).Write(Mapped).Remap(Mapped, 2, 3, Mapped + 0x10_0000);
        AllMatch(moved.Write(Mapped + 0x10_1000).Write(Mapped + 0x10_2000));
        Assert.Equal(3, Replay(moved.Write(Mapped + 0x10_0000)).MatchedFaults);
    }

    [Fact]
    public void Shared_memory_is_seen_by_the_child_after_a_fault_of_its_own() =>
        AllMatch(new ScriptBuilder().Map(Mapped, 2, SharedAnonymous).Write(Mapped).Fork(2).As(2).Read(Mapped).Write(Mapped + 4096).As(1).Read(Mapped + 4096));

    [Fact]
    public void The_first_store_to_a_loaded_page_of_a_shared_file_faults() =>
        AllMatch(new ScriptBuilder().File(2, TraceFileKind.Regular, 8192).Map(Mapped, 1, LinuxMapFlags.Shared, file: 2).Read(Mapped).Break(Mapped));

    private static ReplayReport AllMatch(ScriptBuilder script)
    {
        ReplayReport report = Replay(script);
        Assert.Empty(report.FaultMismatches);
        Assert.Empty(report.Violations);
        Assert.Equal(report.Faults, report.MatchedFaults);
        Assert.Equal(0, report.SystemCallMismatches);
        Assert.Equal(ReplayVerdict.Fine, report.Verdict);
        return report;
    }

    private static ReplayReport Replay(ScriptBuilder script) =>
        TraceReplay.Run(script.Build(), cancellation: TestContext.Current.CancellationToken);
}
