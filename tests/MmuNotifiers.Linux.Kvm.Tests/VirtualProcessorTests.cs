using MmuNotifiers.Linux.Kvm.Guests;

namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>What a virtual processor does, and how it comes back.</summary>
public sealed class VirtualProcessorTests
{
    private const int Pages = 64;

    [Fact]
    public void Registers_pass_into_the_guest_and_back()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        LoopResult stored = guest.Run(0, GuestLoops.Store, new ProcessorRegisters { Rax = 0x1122334455667788, Rbx = 7, R15 = 15, Rsp = 16 });
        Assert.True(stored.IsComplete, stored.ToString());
        Assert.Equal((0x1122334455667788UL, 7UL, 15UL, 16UL), (stored.Registers.Rax, stored.Registers.Rbx, stored.Registers.R15, stored.Registers.Rsp));
        byte[] bytes = new byte[8];
        Assert.True(guest.Slot.TryRead(guest.Slot.Start, bytes));
        Assert.Equal(0x1122334455667788UL, BitConverter.ToUInt64(bytes));
        LoopResult loaded = guest.Run(0, GuestLoops.Load, default);
        Assert.Equal(0x1122334455667788UL, loaded.Value);
    }

    [Fact]
    public void A_port_write_tells_port_width_and_value()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        LoopResult result = guest.Run(0, GuestLoops.Leave, new ProcessorRegisters { Rax = 0x1234 });
        Assert.Equal(
            (VirtualProcessorExitKind.PortWrite, GuestPort.Done, 1, 0x34UL),
            (result.Exit.Kind, result.Exit.Port, result.Exit.WidthBytes, result.Exit.Value));
    }

    [Fact]
    public void A_port_read_gets_the_answer()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        LoopResult asked = guest.Run(0, GuestLoops.Ask, default);
        Assert.Equal((VirtualProcessorExitKind.PortRead, GuestPort.Done, 1), (asked.Exit.Kind, asked.Exit.Port, asked.Exit.WidthBytes));
        guest.Processor(0).AnswerRead(0xa5);
        LoopResult answered = guest.Continue(0);
        Assert.True(answered.IsComplete, answered.ToString());
        Assert.Equal(0xa5UL, answered.Value);
        Assert.Throws<InvalidOperationException>(() => guest.Processor(0).AnswerRead(1));
    }

    [Fact]
    public async Task A_kick_ends_a_run()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        for (int turn = 0; turn < 200; turn++)
        {
            Task<LoopResult> running = Task.Factory.StartNew(
                () => guest.Run(0, GuestLoops.Spin, default), TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
            guest.Kick(0);
            LoopResult result = await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal(VirtualProcessorExitKind.Kicked, result.Exit.Kind);
        }
    }

    [Fact]
    public void A_kick_before_a_run_ends_it_and_only_it()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        guest.Kick(0);
        guest.Kick(0);
        Assert.Equal(VirtualProcessorExitKind.Kicked, guest.Run(0, GuestLoops.Load, default).Exit.Kind);
        Assert.True(guest.Continue(0).IsComplete);
    }

    [Fact]
    public void A_second_thread_cannot_run_the_same_processor()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        Thread runner = new(() => guest.Run(0, GuestLoops.Spin, default));
        runner.Start();
        Assert.True(SpinWait.SpinUntil(() => guest.Processor(0).Entries > 0, TimeSpan.FromSeconds(30)));
        Assert.Throws<InvalidOperationException>(() => guest.Processor(0).Run());
        guest.Kick(0);
        Assert.True(runner.Join(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(6, 6)]
    [InlineData(13, 13)]
    public void An_exception_of_the_guest_leaves_with_its_number(int which, int vector)
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        byte[] code = which switch
        {
            0 => [0x31, 0xd2, 0x31, 0xc9, 0xf7, 0xf1],  // xor edx, edx; xor ecx, ecx; div ecx
            6 => [0x0f, 0x0b],                          // ud2
            _ => [0xf4],                                // hlt
        };
        LoopResult result = guest.Run(0, code, default);
        Assert.Equal(vector, result.Exception);
    }

    [Fact]
    public void A_page_fault_of_the_guest_leaves_with_its_address_and_cause()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        ulong beyond = 64UL << 30;
        LoopResult result = guest.Run(0, GuestLoops.Store, default, offset: beyond);
        Assert.Equal(14, result.Exception);
        Assert.Equal(guest.Slot.Start.Value + beyond, result.FaultAddress.Value);
        Assert.Equal(6, GuestFirmware.PushedWords(result.Registers.Rsp));
        const ulong WriteByLevel3 = 6;
        Assert.Equal(WriteByLevel3, guest.Firmware(0).Pushed(5));
        Assert.Equal(GuestFirmware.LoopEntry.Value, guest.Firmware(0).Pushed(4));
    }

    [Fact]
    public void A_port_that_is_not_allowed_is_a_protection_fault()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory);
        Assert.Equal(13, guest.Run(0, [0xe6, GuestPort.SystemCall], default).Exception);
    }
}
