using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Tests.Programs;

/// <summary>A program's address space against a dictionary of pages, over random calls.</summary>
public sealed class AddressSpaceModelTests
{
    private const int Window = 48;
    private const int MemoryPages = 96;
    private static readonly VirtualAddress Start = new(0x10_0000_0000);

    private static readonly AccessRights[] Rights = [AccessRights.None, AccessRights.Read, AccessRights.ReadWrite, AccessRights.Read | AccessRights.Execute];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_calls_do_what_they_do_to_a_dictionary_of_pages(int seed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory is mapped with mmap(2)");
        Random random = new(seed);
        using PlainGuestMemory memory = new(MemoryPages);
        using GuestFirmware firmware = new(default, 64);
        GuestAddressSpace space = new(firmware.PageTables, memory, new GuestPhysicalAddress(1 << 30));
        Dictionary<int, (AccessRights Rights, byte Value)> model = [];
        for (int step = 0; step < 4000; step++)
        {
            int first = random.Next(Window);
            int count = random.Next(1, Math.Min(12, Window - first) + 1);
            AddressRange range = AddressRange.FromPages(Start + ((ulong)first << Page.Shift), (ulong)count);
            AccessRights rights = Rights[random.Next(Rights.Length)];
            switch (random.Next(6))
            {
                case 0:
                    Assert.Equal(0, space.Map(range, rights));
                    Set(model, first, count, _ => (rights, 0));
                    break;
                case 1:
                    space.Unmap(range);
                    Set(model, first, count, _ => null);
                    break;
                case 2:
                    int mapped = Enumerable.Range(first, count).TakeWhile(model.ContainsKey).Count();
                    Assert.Equal(mapped == count ? 0 : Errno.NoMemory, space.Protect(range, rights));
                    Set(model, first, mapped, page => (rights, model[page].Value));
                    break;
                case 3:
                    space.Discard(range);
                    Set(model, first, count, page => model.TryGetValue(page, out var old) ? (old.Rights, (byte)0) : null);
                    break;
                case 4:
                    byte value = (byte)random.Next(1, 256);
                    bool mayWrite = model.TryGetValue(first, out var target) && (target.Rights & AccessRights.Write) != 0;
                    Assert.Equal(mayWrite, space.TryWrite(range.Start + 77, [value]));
                    Set(model, first, mayWrite ? 1 : 0, page => (model[page].Rights, value));
                    break;
                default:
                    byte[] one = new byte[1];
                    bool mayRead = model.TryGetValue(first, out var source) && source.Rights != AccessRights.None;
                    Assert.Equal(mayRead, space.TryRead(range.Start + 77, one));
                    Assert.Equal(mayRead ? source.Value : 0, one[0]);
                    break;
            }

            Assert.Equal(Enumerable.Range(first, count).All(model.ContainsKey), space.IsMapped(range));
        }

        Assert.True(space.PeakPages <= MemoryPages);
        space.Unmap(AddressRange.FromPages(Start, Window));
        Assert.Equal((ulong)MemoryPages, space.FreePages);
    }

    [Fact]
    public void What_is_resized_keeps_its_contents_wherever_it_goes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory is mapped with mmap(2)");
        using PlainGuestMemory memory = new(MemoryPages);
        using GuestFirmware firmware = new(default, 64);
        GuestAddressSpace space = new(firmware.PageTables, memory, new GuestPhysicalAddress(1 << 30));
        AddressRange range = AddressRange.FromPages(Start, 4);
        Assert.Equal(0, space.Map(range, AccessRights.ReadWrite));
        Assert.Equal(0, space.Map(AddressRange.FromPages(range.End, 1), AccessRights.Read));
        Assert.True(space.TryWrite(range.Start + 3 * Page.SizeBytes, [9]));
        Assert.Equal(Errno.NoMemory, space.Resize(range, 8 * Page.SizeBytes, mayMove: false, out _));
        Assert.Equal(0, space.Resize(range, 8 * Page.SizeBytes, mayMove: true, out VirtualAddress moved));
        Assert.NotEqual(range.Start, moved);
        Assert.True(space.MustForgetTranslations);
        byte[] one = new byte[1];
        Assert.True(space.TryRead(moved + 3 * Page.SizeBytes, one));
        Assert.Equal(9, one[0]);
        Assert.False(space.TryRead(range.Start, one));
        Assert.True(space.TryWrite(moved + 7 * Page.SizeBytes, [1]));
        space.TranslationsForgotten();
        AddressRange larger = AddressRange.FromPages(moved, 8);
        Assert.Equal(0, space.Resize(larger, 12 * Page.SizeBytes, mayMove: false, out VirtualAddress same));
        Assert.Equal(moved, same);
        Assert.False(space.MustForgetTranslations);
        Assert.Equal(0, space.Resize(AddressRange.FromPages(moved, 12), Page.SizeBytes, mayMove: true, out _));
        Assert.False(space.TryRead(moved + Page.SizeBytes, one));
    }

    [Fact]
    public void Huge_ranges_are_dealt_with_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory is mapped with mmap(2)");
        using PlainGuestMemory memory = new(MemoryPages);
        using GuestFirmware firmware = new(default, 64);
        GuestAddressSpace space = new(firmware.PageTables, memory, new GuestPhysicalAddress(1 << 30));
        AddressRange all = new(new VirtualAddress(GuestAddressSpace.Lowest), new VirtualAddress(GuestAddressSpace.End));
        Assert.Equal(0, space.MapLazily(all, AccessRights.ReadWrite));
        Assert.True(space.TryWrite(Start, [5]));
        Assert.Equal(0, space.Protect(all, AccessRights.Read));
        Assert.False(space.TryWrite(Start, [5]));
        Assert.Equal(Errno.NoMemory, space.Map(Page.SizeBytes, AccessRights.Read, GuestPopulation.Ahead, out _));
        space.Unmap(all);
        Assert.Equal((ulong)MemoryPages, space.FreePages);
    }

    private static void Set(
        Dictionary<int, (AccessRights, byte)> model, int first, int count, Func<int, (AccessRights, byte)?> value)
    {
        foreach (int page in Enumerable.Range(first, count))
        {
            if (value(page) is { } next)
            {
                model[page] = next;
            }
            else
            {
                model.Remove(page);
            }
        }
    }
}
