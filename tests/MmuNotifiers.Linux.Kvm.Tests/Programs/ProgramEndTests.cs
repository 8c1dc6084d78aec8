using MmuNotifiers.Linux.Kvm.Programs;

namespace MmuNotifiers.Linux.Kvm.Tests.Programs;

/// <summary>How programs end: by themselves, or by the signal that Linux would send.</summary>
public sealed class ProgramEndTests
{
    [Fact]
    public void A_program_ends_with_the_code_that_it_gives_to_exit()
    {
        (ProgramEnd end, LinuxProgramStatistics statistics) = TinyProgram.Run([0xbf, 0x2a, 0x01, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]);
        Assert.Equal(new ProgramEnd(0x2a, GuestSignal.None, null), end);
        Assert.Equal([new SystemCallCount("exit", 1)], statistics.Calls);
        Assert.Equal((1, 1), (statistics.Exits, statistics.SystemCalls));
    }

    public static TheoryData<string, byte[], GuestSignal, string> Signals => new()
    {
        { "load from nothing", [0x48, 0x8b, 0x04, 0x25, 0, 0x10, 0, 0], GuestSignal.Segmentation, "load from 0x1000 at 0x400078, where nothing is mapped" },
        { "store to its own code", [0x48, 0x89, 0x05, 0, 0, 0, 0], GuestSignal.Segmentation, "store to 0x40007f at 0x400078, which it may not" },
        { "jump to its stack", [0xff, 0xe4], GuestSignal.Segmentation, "jump to 0x7fff" },
        { "jump to nothing", [0x31, 0xc0, 0xff, 0xe0], GuestSignal.Segmentation, "jump to 0x0 at 0x0, where nothing is mapped" },
        { "read the firmware", [0x48, 0xb8, 0, 0, 0, 0xf0, 0xff, 0x7f, 0, 0, 0x8b, 0x00], GuestSignal.Segmentation, "load from 0x7ffff0000000" },
        { "write a stub", [0x48, 0xb8, 0, 0x30, 0, 0xf0, 0xff, 0x7f, 0, 0, 0x89, 0x00], GuestSignal.Segmentation, "store to 0x7ffff0003000" },
        { "jump to a stub of an exception", [0x48, 0xb8, 0xe0, 0x30, 0, 0xf0, 0xff, 0x7f, 0, 0, 0xff, 0xe0], GuestSignal.Segmentation, "protection fault" },
        { "no canonical address", [0x48, 0xb8, 0, 0, 0, 0, 0, 0, 1, 0, 0x8b, 0x00], GuestSignal.Segmentation, "protection fault" },
        { "port", [0xe6, 0x70], GuestSignal.Segmentation, "access to port 0x70" },
        { "port that is not allowed", [0xe6, 0x60], GuestSignal.Segmentation, "protection fault" },
        { "read a port", [0xe4, 0x60], GuestSignal.Segmentation, "protection fault" },
        { "halt", [0xf4], GuestSignal.Segmentation, "protection fault" },
        { "disable interrupts", [0xfa], GuestSignal.Segmentation, "protection fault" },
        { "ud2", [0x0f, 0x0b], GuestSignal.IllegalInstruction, "invalid instruction at 0x400078" },
        { "int3", [0xcc], GuestSignal.Trap, "breakpoint" },
        { "division", [0x31, 0xc9, 0xf7, 0xf1], GuestSignal.FloatingPoint, "division error at 0x40007a" },
        { "overflow of the stack", [0x48, 0x83, 0xec, 0x08, 0x48, 0x89, 0x04, 0x24, 0xeb, 0xf6], GuestSignal.Kill, "out of memory" },
    };

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_program_that_does_what_it_may_not_gets_the_signal_of_Linux(string what, byte[] code, GuestSignal signal, string reason)
    {
        (ProgramEnd end, _) = TinyProgram.Run(code);
        Assert.True(end.Signal == signal && end.Code == 128 + (int)signal, $"{what}: {end}");
        Assert.StartsWith(reason, end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_that_outgrows_its_limit_is_a_store_to_nothing()
    {
        (ProgramEnd end, _) = TinyProgram.Run([0x48, 0x83, 0xec, 0x08, 0x48, 0x89, 0x04, 0x24, 0xeb, 0xf6], pages: 4096);
        Assert.Equal(GuestSignal.Segmentation, end.Signal);
        Assert.Contains("where nothing is mapped", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_computes_for_ever_ends_when_its_time_is_up()
    {
        TimeSpan limit = TimeSpan.FromMilliseconds(150);
        (ProgramEnd end, LinuxProgramStatistics statistics) = TinyProgram.Run([0xeb, 0xfe], change: options => options with { ProcessorTimeLimit = limit });
        Assert.Equal((GuestSignal.ProcessorTime, 152), (end.Signal, end.Code));
        Assert.True(statistics.ProcessorTime >= limit, $"{statistics.ProcessorTime}");
    }

    [Fact]
    public void A_program_that_computes_for_ever_ends_when_its_caller_wants()
    {
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(50));
        (ProgramEnd end, _) = TinyProgram.Run([0xeb, 0xfe], stop: source);
        Assert.Equal((GuestSignal.Interrupt, 130), (end.Signal, end.Code));
    }

    [Fact]
    public void A_program_that_sleeps_until_a_time_that_has_come_goes_on_at_once()
    {
        // sub rsp, 16; clock_gettime(CLOCK_MONOTONIC, rsp); clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, rsp, 0); exit(what that answers)
        byte[] sleep =
        [
            0x48, 0x83, 0xec, 0x10, 0xbf, 1, 0, 0, 0, 0x48, 0x89, 0xe6, 0xb8, 0xe4, 0, 0, 0, 0x0f, 0x05,
            0xbf, 1, 0, 0, 0, 0xbe, 1, 0, 0, 0, 0x48, 0x89, 0xe2, 0x45, 0x31, 0xd2, 0xb8, 0xe6, 0, 0, 0, 0x0f, 0x05,
            0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05,
        ];
        using CancellationTokenSource source = new(TimeSpan.FromSeconds(30));
        (ProgramEnd end, _) = TinyProgram.Run(sleep, stop: source);
        Assert.Equal(new ProgramEnd(0, GuestSignal.None, null), end);
    }

    [Fact]
    public void A_program_that_sleeps_ends_when_its_caller_wants()
    {
        // push 0; push 1000; mov rdi, rsp; xor esi, esi; mov eax, 35 (nanosleep); syscall
        byte[] sleep = [0x6a, 0x00, 0x68, 0xe8, 0x03, 0, 0, 0x48, 0x89, 0xe7, 0x31, 0xf6, 0xb8, 35, 0, 0, 0, 0x0f, 0x05];
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(50));
        (ProgramEnd end, _) = TinyProgram.Run(sleep, stop: source);
        Assert.Equal(GuestSignal.Interrupt, end.Signal);
    }

    [Fact]
    public void A_call_that_is_not_served_is_refused_and_told_by_name()
    {
        // mov eax, 57 (fork); syscall; mov edi, eax; mov eax, 60; syscall
        (ProgramEnd end, LinuxProgramStatistics statistics) =
            TinyProgram.Run([0xb8, 57, 0, 0, 0, 0x0f, 0x05, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]);
        Assert.Equal(256 - 38, end.Code);
        Assert.Equal([new SystemCallCount("fork", 1)], statistics.UnservedCalls);
    }

    [Fact]
    public void Rights_that_were_taken_away_are_gone_for_a_guest_that_used_them()
    {
        // mmap(0, 4096, 3, 0x22, -1, 0); mov rbx, rax; mov [rbx], rbx; mprotect(rbx, 4096, 1); mov rcx, [rbx]; mov [rbx], rcx
        byte[] code =
        [
            0x31, 0xff, 0xbe, 0, 0x10, 0, 0, 0xba, 3, 0, 0, 0, 0x41, 0xba, 0x22, 0, 0, 0, 0x49, 0x83, 0xc8, 0xff, 0x45, 0x31, 0xc9,
            0xb8, 9, 0, 0, 0, 0x0f, 0x05, 0x48, 0x89, 0xc3, 0x48, 0x89, 0x1b,
            0x48, 0x89, 0xdf, 0xbe, 0, 0x10, 0, 0, 0xba, 1, 0, 0, 0, 0xb8, 10, 0, 0, 0, 0x0f, 0x05,
            0x48, 0x8b, 0x0b, 0x48, 0x89, 0x0b,
        ];
        (ProgramEnd end, LinuxProgramStatistics statistics) = TinyProgram.Run(code);
        Assert.Equal(GuestSignal.Segmentation, end.Signal);
        Assert.StartsWith("store to", end.Reason, StringComparison.Ordinal);
        Assert.EndsWith("which it may not", end.Reason, StringComparison.Ordinal);
        Assert.True(statistics.ForgottenTranslations > 0);
    }

    [Fact]
    public void Memory_that_was_unmapped_is_gone_for_a_guest_that_used_it()
    {
        // as above with munmap(rbx, 4096) and mov rcx, [rbx]
        byte[] code =
        [
            0x31, 0xff, 0xbe, 0, 0x10, 0, 0, 0xba, 3, 0, 0, 0, 0x41, 0xba, 0x22, 0, 0, 0, 0x49, 0x83, 0xc8, 0xff, 0x45, 0x31, 0xc9,
            0xb8, 9, 0, 0, 0, 0x0f, 0x05, 0x48, 0x89, 0xc3, 0x48, 0x89, 0x1b,
            0x48, 0x89, 0xdf, 0xbe, 0, 0x10, 0, 0, 0xb8, 11, 0, 0, 0, 0x0f, 0x05,
            0x48, 0x8b, 0x0b,
        ];
        (ProgramEnd end, _) = TinyProgram.Run(code);
        Assert.Equal(GuestSignal.Segmentation, end.Signal);
        Assert.StartsWith("load from", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_runs_once()
    {
        Host.RequireKvm();
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, TinyProgram.Build([0xf4]));
            using PlainGuestMemory memory = new(64);
            using LinuxProgram program = LinuxProgram.Load(memory, new LinuxProgramOptions { Path = path, Arguments = ["tiny"] });
            _ = program.Run(TestContext.Current.CancellationToken);
            Assert.Throws<InvalidOperationException>(() => program.Run(TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
