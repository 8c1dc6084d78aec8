using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Secondary.Tests.Kvm;

/// <summary>From the subscription straight to the slot, against a search over all of them.</summary>
public sealed class SlotAttachmentTests : IDisposable
{
    private const ulong SlotPages = 16;

    private static readonly VirtualAddress Base = new(0x1000_0000);

    private readonly PhysicalMemory _memory = new(4096, FreedFrames.Poisoned);
    private readonly AddressSpace _space;

    public SlotAttachmentTests() => _space = new AddressSpace(_memory);

    public void Dispose()
    {
        _space.Dispose();
        Assert.Equal(1, _memory.FramesInUse);
        _memory.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(ShadowMmu.MaxSlots)]
    public void A_slot_of_its_own_is_found_without_a_search_however_many_there_are(int slots)
    {
        using ShadowMmu mmu = new(_space, SlotAttachment.PerSlot);
        AddSlots(mmu, slots);
        VirtualCpu cpu = mmu.AddVirtualCpu();
        int last = slots - 1;
        Map(SlotStart(last), SlotPages);
        Assert.Equal(FaultResult.Success, cpu.Write(GuestStart(last), 42));
        Assert.Equal(Errno.None, _space.Protect(SlotStart(last), Page.SizeBytes, AccessRights.Read));
        SecondaryStatistics counts = mmu.Statistics;
        Assert.Equal((1, 0, 0, 1), (counts.Callbacks, counts.LookUps, counts.UselessCallbacks, counts.PagesInvalidated));
        Assert.Equal(FaultResult.AccessDenied, cpu.Write(GuestStart(last), 43));
        Assert.Equal(FaultResult.Success, cpu.Read(GuestStart(last), out int value));
        Assert.Equal(42, value);
    }

    [Fact]
    public void A_bracket_outside_of_all_slots_is_searched_for_by_one_and_unheard_by_the_other()
    {
        using ShadowMmu search = new(_space, SlotAttachment.Search);
        using ShadowMmu perSlot = new(_space, SlotAttachment.PerSlot);
        AddSlots(search, 8);
        AddSlots(perSlot, 8);
        Map(new VirtualAddress(0x10_0000), 4);
        Assert.Equal(Errno.None, _space.Unmap(new VirtualAddress(0x10_0000), 4 * Page.SizeBytes));
        Assert.Equal((1, 2), (search.Statistics.Callbacks, search.Statistics.LookUps));
        Assert.Equal((0, 0), (perSlot.Statistics.Callbacks, perSlot.Statistics.LookUps));
    }

    [Theory]
    [InlineData(SlotAttachment.Search)]
    [InlineData(SlotAttachment.PerSlot)]
    public void A_bracket_over_two_slots_zaps_both(SlotAttachment attachment)
    {
        using ShadowMmu mmu = new(_space, attachment);
        AddSlots(mmu, 4);
        VirtualCpu cpu = mmu.AddVirtualCpu();
        Map(Base, 4 * SlotPages);
        GuestAddress inFirst = GuestStart(1) + ((SlotPages - 1) << Page.Shift);
        GuestAddress inSecond = GuestStart(2);
        Assert.Equal(FaultResult.Success, cpu.Write(inFirst, 1));
        Assert.Equal(FaultResult.Success, cpu.Write(inSecond, 2));
        Assert.Equal(Errno.None, _space.Unmap(SlotStart(2) - Page.SizeBytes, 2 * Page.SizeBytes));
        Assert.Equal(FaultResult.NotMapped, cpu.Read(inFirst, out int _));
        Assert.Equal(FaultResult.NotMapped, cpu.Read(inSecond, out int _));
        Assert.Equal(2, mmu.Statistics.PagesInvalidated);
    }

    [Fact]
    public void Slots_of_their_own_come_and_go_inside_a_bracket()
    {
        using ShadowMmu mmu = new(_space, SlotAttachment.PerSlot);
        AddSlots(mmu, 2);
        VirtualCpu cpu = mmu.AddVirtualCpu();
        Map(Base, 4 * SlotPages);
        AddressRange elsewhere = AddressRange.OfPage(new VirtualAddress(0x10_0000));
        using (_space.Subscriptions.Invalidate(new InvalidationRange(elsewhere, InvalidationEvent.Clear)))
        {
            mmu.AddMemorySlot(2, new GuestFrameNumber(2 * SlotPages), AddressRange.FromPages(SlotStart(2), SlotPages));
        }

        Assert.Equal(FaultResult.Success, cpu.Write(GuestStart(2), 7));
        mmu.RemoveMemorySlot(2);
        Assert.Equal(FaultResult.NotMapped, cpu.Read(GuestStart(2), out int _));
        mmu.AddMemorySlot(2, new GuestFrameNumber(2 * SlotPages), AddressRange.FromPages(SlotStart(2), SlotPages));
        Assert.Equal(FaultResult.Success, cpu.Read(GuestStart(2), out int value));
        Assert.Equal(7, value);
    }

    [Fact]
    public void The_dirty_log_of_a_slot_that_is_told_itself_is_that_of_the_slot()
    {
        using ShadowMmu mmu = new(_space, SlotAttachment.PerSlot);
        AddSlots(mmu, 2);
        VirtualCpu cpu = mmu.AddVirtualCpu();
        Map(Base, 2 * SlotPages);
        Assert.Equal(FaultResult.Success, cpu.Write(GuestStart(1), 1));
        mmu.SetDirtyLogging(1, enabled: true);
        ulong[] log = new ulong[1];
        Assert.Equal(0, mmu.TakeDirtyLog(1, log));
        Assert.Equal(FaultResult.Success, cpu.Write(GuestStart(1) + Page.SizeBytes, 1));
        Assert.Equal(1, mmu.TakeDirtyLog(1, log));
        Assert.Equal(2UL, log[0]);
        Assert.Equal(Errno.None, _space.Unmap(SlotStart(1), Page.SizeBytes));
        Assert.Equal(FaultResult.NotMapped, cpu.Read(GuestStart(1), out int _));
    }

    [Fact]
    public void The_end_of_the_address_space_reaches_each_slot()
    {
        using PhysicalMemory memory = new(64);
        AddressSpace space = new(memory);
        using ShadowMmu mmu = new(space, SlotAttachment.PerSlot);
        AddSlots(mmu, 2);
        VirtualCpu cpu = mmu.AddVirtualCpu();
        MapRequest request = new(SlotPages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Base };
        Assert.True(space.Map(request).Succeeded);
        Assert.Equal(FaultResult.Success, cpu.Write(GuestStart(0), 1));
        space.Dispose();
        Assert.Equal(FaultResult.NotMapped, cpu.Read(GuestStart(0), out int _));
    }

    private static VirtualAddress SlotStart(int slot) => Base + ((ulong)slot * SlotPages << Page.Shift);

    private static GuestAddress GuestStart(int slot) => new((ulong)slot * SlotPages << Page.Shift);

    private static void AddSlots(ShadowMmu mmu, int count) => mmu.AddMemorySlots([.. Enumerable.Range(0, count).Select(slot =>
        new MemorySlotDescription(slot, GuestStart(slot).FrameNumber, AddressRange.FromPages(SlotStart(slot), SlotPages)))]);

    private void Map(VirtualAddress start, ulong pages)
    {
        MapRequest request = new(pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = start };
        Assert.True(_space.Map(request).Succeeded);
    }
}
