using MmuNotifiers.Linux.Kvm.Guests;

namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>Memory slots: where the guest's memory comes from, goes to, and what was written.</summary>
public sealed class MemorySlotTests
{
    [Fact]
    public void A_guest_faults_without_memory_when_a_slot_lost_its_mapping()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(8);
        using LoopGuest guest = LoopGuest.Create(memory);
        Assert.True(guest.Run(0, GuestLoops.Load, default).IsComplete);
        Assert.Equal(0, Libc.Unmap((nint)memory.Range.Start.Value + Page.SizeBytes, Page.SizeBytes));
        LoopResult result = guest.Run(0, GuestLoops.Load, default, offset: Page.SizeBytes);
        Assert.Equal(VirtualProcessorExitKind.NoMemory, result.Exit.Kind);
        Assert.Contains(result.Exit.Address.Value, new ulong[] { 0, guest.Slot.Start.Value + Page.SizeBytes });
        const int Fixed = 0x10;
        nint again = Libc.Map(
            (nint)memory.Range.Start.Value + Page.SizeBytes, Page.SizeBytes, Libc.ProtectReadWrite, Libc.MapPrivate | Libc.MapAnonymous | Fixed, -1, 0);
        Assert.NotEqual(-1, again);
        Assert.True(guest.Run(0, GuestLoops.Load, default, offset: Page.SizeBytes).IsComplete);
    }

    [Fact]
    public void A_deleted_slot_is_a_device_for_the_guest()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(8);
        using LoopGuest guest = LoopGuest.Create(memory);
        Assert.True(guest.Run(0, GuestLoops.Load, default).IsComplete);
        guest.Slot.Dispose();
        LoopResult result = guest.Run(0, GuestLoops.Store, new ProcessorRegisters { Rax = 77 });
        Assert.Equal(
            (VirtualProcessorExitKind.DeviceWrite, guest.Slot.Start, 8, 77UL),
            (result.Exit.Kind, result.Exit.Address, result.Exit.WidthBytes, result.Exit.Value));
        Assert.Equal(VirtualProcessorExitKind.DeviceRead, guest.Run(0, GuestLoops.Load, default).Exit.Kind);
        guest.Processor(0).AnswerRead(99);
        Assert.Equal(99UL, guest.Continue(0).Value);
    }

    [Fact]
    public void Several_slots_show_parts_of_one_memory_in_any_order()
    {
        Host.RequireKvm();
        using PlainGuestMemory first = new(1);
        using PlainGuestMemory parts = new(4);
        using LoopGuest guest = LoopGuest.Create(first);
        VirtualMachine machine = guest.Machine;
        AddressRange low = AddressRange.FromPages(parts.Range.Start, 1);
        AddressRange high = AddressRange.FromPages(parts.Range.Start + (3 * Page.SizeBytes), 1);
        using MemorySlot above = machine.AddSlot(guest.Slot.Start + Page.SizeBytes, parts, high);
        using MemorySlot behind = machine.AddSlot(guest.Slot.Start + (2 * Page.SizeBytes), parts, low);
        Assert.True(guest.Run(0, GuestLoops.Store, new ProcessorRegisters { Rax = 1 }, offset: Page.SizeBytes).IsComplete);
        Assert.True(guest.Run(0, GuestLoops.Store, new ProcessorRegisters { Rax = 2 }, offset: 2 * Page.SizeBytes).IsComplete);
        Assert.Equal(2, ReadByte(parts, 0));
        Assert.Equal(1, ReadByte(parts, 3));
        Assert.Throws<LinuxException>(() => machine.AddSlot(guest.Slot.Start + Page.SizeBytes, parts, low));
        Assert.Throws<ArgumentException>(() => machine.AddSlot(new GuestPhysicalAddress(5), parts, low));
    }

    [Fact]
    public void The_dirty_log_tells_exactly_what_the_guest_wrote()
    {
        Host.RequireKvm();
        const int Pages = 200;
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory, kind: MemorySlotKind.LogsDirtyPages);
        ulong[] dirty = new ulong[(Pages + 63) / 64];
        Assert.True(guest.Sum(0).IsComplete);
        guest.Slot.TakeDirtyPages(dirty);
        Assert.All(dirty, word => Assert.Equal(0UL, word));
        Random random = new(1);
        for (int round = 0; round < 5; round++)
        {
            HashSet<int> written = [.. Enumerable.Range(0, 20).Select(_ => random.Next(Pages))];
            foreach (int page in written)
            {
                Assert.True(guest.Run(0, GuestLoops.Store, default, offset: (ulong)page << Page.Shift).IsComplete);
                Assert.True(guest.Run(0, GuestLoops.Load, default, offset: (ulong)random.Next(Pages) << Page.Shift).IsComplete);
            }

            guest.Slot.TakeDirtyPages(dirty);
            HashSet<int> logged = [.. Enumerable.Range(0, Pages).Where(page => (dirty[page / 64] >> (page % 64) & 1) != 0)];
            Assert.Equal(written.Order(), logged.Order());
        }

        guest.Slot.TakeDirtyPages(dirty);
        Assert.All(dirty, word => Assert.Equal(0UL, word));
        Assert.Throws<ArgumentException>(() => guest.Slot.TakeDirtyPages(new ulong[1]));
    }

    [Fact]
    public void A_read_only_slot_hands_writes_to_the_monitor()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(8);
        using LoopGuest guest = LoopGuest.Create(memory, kind: MemorySlotKind.ReadOnly);
        Assert.True(guest.Run(0, GuestLoops.Load, default).IsComplete);
        Assert.Equal(VirtualProcessorExitKind.DeviceWrite, guest.Run(0, GuestLoops.Store, default).Exit.Kind);
        Assert.Throws<InvalidOperationException>(() => guest.Slot.TakeDirtyPages(new ulong[1]));
    }

    [Fact]
    public void Translations_that_were_edited_from_outside_are_forgotten_when_asked()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(8);
        using LoopGuest guest = LoopGuest.Create(memory);
        Assert.True(guest.Run(0, GuestLoops.Store, default).IsComplete);
        VirtualAddress window = new(guest.Slot.Start.Value);
        Assert.True(guest.Firmware(0).PageTables.TrySetLarge(window, GuestPte.UserLarge(guest.Slot.Start, AccessRights.Read)));
        guest.Machine.ForgetTranslations(guest.Slot);
        Assert.Equal(14, guest.Run(0, GuestLoops.Store, default).Exception);
        Assert.True(guest.Firmware(0).PageTables.TrySetLarge(window, GuestPte.UserLarge(guest.Slot.Start, AccessRights.ReadWrite)));
        Assert.True(guest.Run(0, GuestLoops.Store, default).IsComplete);
    }

    [Fact]
    public async Task Two_processors_use_the_same_pages_and_lose_nothing()
    {
        Host.RequireKvm();
        const int Pages = 1000;
        const long Visits = 300_000;
        using PlainGuestMemory memory = new(Pages);
        using LoopGuest guest = LoopGuest.Create(memory, processors: 2);
        Task<LoopResult>[] running = [.. Enumerable.Range(0, 2).Select(number => Task.Factory.StartNew(
            () => guest.VisitAtRandom(number, Visits, (ulong)number + 1), TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        foreach (Task<LoopResult> task in running)
        {
            LoopResult result = await task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.True(result.IsComplete, result.ToString());
        }

        Assert.Equal((ulong)Visits, guest.Sum(0).Value);
        Assert.Equal((ulong)Visits, guest.Sum(1).Value);
    }

    [Fact]
    public void A_page_that_does_not_hold_what_the_guest_wrote_is_found()
    {
        Host.RequireKvm();
        using PlainGuestMemory memory = new(1);
        using LoopGuest guest = LoopGuest.Create(memory);
        Assert.True(guest.VisitAtRandom(0, 10, 1).IsComplete);
        Assert.True(memory.TryWrite(memory.Range.Start, [9]));
        LoopResult result = guest.VisitAtRandom(0, 1, 1);
        Assert.True(result.FoundLostPage, result.ToString());
        Assert.True(memory.TryWrite(memory.Range.Start, new byte[Page.SizeBytes]));
        Assert.True(guest.VisitAtRandom(0, 3, 1).IsComplete);
        Assert.Equal(3UL, guest.Sum(0).Value);
    }

    private static byte ReadByte(PlainGuestMemory memory, int page)
    {
        byte[] one = new byte[1];
        Assert.True(memory.TryRead(memory.Range.Start + ((ulong)page << Page.Shift), one));
        return one[0];
    }
}
