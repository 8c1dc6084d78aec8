using CsCheck;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Tests.Traces;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Replay;

public sealed class RandomProgramTests
{
    private const int WindowPages = 32;

    private static readonly LinuxAdvice[] OtherAdvice =
    [
        LinuxAdvice.Free, LinuxAdvice.Remove, LinuxAdvice.DontFork, LinuxAdvice.WipeOnFork, LinuxAdvice.GuardInstall,
        LinuxAdvice.GuardRemove, LinuxAdvice.PopulateRead, LinuxAdvice.PopulateWrite,
    ];

    [Fact]
    public void Any_well_formed_trace_can_be_replayed() =>
        Gen.Select(TraceGen.Header, TraceGen.Events).Sample(
            (header, events) =>
            {
                ReplayReport report = TraceReplay.Run(ReplayScript.Of(header, [.. events]), Options(DeviceMode.Interleaved));
                Assert.Empty(report.Violations);
            },
            iter: 200);

    /// <summary>Programs that the kernel never ran: which faults they meet is not compared, but nothing may be stale or wrong.</summary>
    [Fact]
    public void Random_programs_leave_nothing_stale() =>
        Step.Array[1, 120].Sample(
            steps =>
            {
                ReplayReport report = TraceReplay.Run(Write(steps).Build(), Options(DeviceMode.Interleaved));
                string found = $"{string.Join('\n', report.FaultMismatches)}\n{string.Join('\n', report.Violations)}\n{string.Join(' ', steps)}";
                Assert.True(report.UnexpectedFaults == 0, found);
                Assert.True(report.Verdict != ReplayVerdict.Violation, found);
            },
            iter: 400);

    [Fact]
    public void Random_programs_leave_nothing_stale_with_devices_beside_them() =>
        Step.Array[20, 120].Sample(
            steps =>
            {
                ReplayReport report = TraceReplay.Run(Write(steps).Build(), Options(DeviceMode.Concurrent));
                Assert.True(report.Verdict != ReplayVerdict.Violation, $"{string.Join('\n', report.Violations)}\n{string.Join(' ', steps)}");
            },
            iter: 20,
            threads: 1);

    private static Gen<(int Kind, int Page, int Length, int Other, int Process)> Step { get; } =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, WindowPages - 1], Gen.Int[1, 8], Gen.Int[0, WindowPages - 1], Gen.Int[1, 3]);

    private static ReplayOptions Options(DeviceMode devices) => new() { Devices = devices, DeviceRate = 4, MemoryLimitBytes = 64 << 20 };

    private static ScriptBuilder Write((int Kind, int Page, int Length, int Other, int Process)[] steps)
    {
        ScriptBuilder script = new ScriptBuilder()
            .File(2, TraceFileKind.Regular, 16 * 4096)
            .File(3, TraceFileKind.SharedMemory, 16 * 4096)
            .Map(At(0), WindowPages);
        foreach ((int kind, int page, int length, int other, int process) in steps)
        {
            script.As(process);
            Write(script, kind, page, (ulong)length, other);
        }

        return script;
    }

    private static void Write(ScriptBuilder script, int kind, int page, ulong length, int other)
    {
        ulong at = At(page);
        _ = kind switch
        {
            0 => script.Map(at, length),
            1 => script.Map(at, length, LinuxMapFlags.Private, file: 2),
            2 => script.Map(at, length, LinuxMapFlags.Shared, file: 2),
            3 => script.Map(at, length, LinuxMapFlags.Shared, file: 3),
            4 => script.Map(at, length, LinuxMapFlags.Private | LinuxMapFlags.Anonymous | LinuxMapFlags.Populate),
            5 => script.Unmap(at, length),
            6 => script.Protect(at, length, (LinuxProtection)(other % 4)),
            7 => script.Remap(at, length, (ulong)(1 + (other % 8)), At(WindowPages + other)),
            8 => script.Remap(At(WindowPages + page), length, length, At(other)),
            9 => script.Advise(at, length, LinuxAdvice.DontNeed),
            10 => script.Advise(at, length, OtherAdvice[other % OtherAdvice.Length]),
            11 => script.Fork(1 + (other % 3)),
            12 => script.Exit(),
            13 => script.Exec(script.Process),
            14 => script.Add(new LockCall(script.Stamp(), 0, new(at), length * 4096, 0)),
            15 => script.Add(new SyncCall(script.Stamp(), 0, new(at), length * 4096, 4)),
            16 or 17 => script.Read(at),
            _ => script.Write(at),
        };
    }

    private static ulong At(int page) => ScriptBuilder.Mapped + ((ulong)page * 4096);
}
