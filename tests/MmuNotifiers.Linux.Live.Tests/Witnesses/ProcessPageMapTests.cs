using CsCheck;
using MmuNotifiers.Linux.Live.Tests.Support;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>The kernel's page table against what was done to the pages.</summary>
public sealed class ProcessPageMapTests
{
    [Fact]
    public void Pages_are_present_exactly_where_they_were_touched_and_runs_join_across_calls()
    {
        Host.Require(HostCapabilities.PageMapScan);
        const ulong Pages = 4096;
        using MemoryMapping window = MemoryMapping.Anonymous((nuint)Pages << Page.Shift);
        using ProcessPageMap map = ProcessPageMap.Open();
        Assert.Empty(map.Scan(window.Range, PageCategories.Present));

        // More runs than one call of the kernel's can return, then a long one that ends with the window.
        List<AddressRange> expected = [];
        for (ulong page = 0; page < 3000; page += 2)
        {
            expected.Add(AddressRange.FromPages(window.Range.Start + (page << Page.Shift), 1));
        }

        expected.Add(new AddressRange(window.Range.Start + (3000UL << Page.Shift), window.Range.End));
        expected.ForEach(Native.Touch);
        Assert.Equal(expected, map.Scan(window.Range, PageCategories.Present).Select(run => run.Range));
        Assert.Equal(1500 + 1096, map.Count(window.Range, PageCategories.Present));
        Assert.Equal(1500, map.Count(window.Range, PageCategories.None, none: PageCategories.Present));
    }

    [Fact]
    public void Any_pattern_of_touched_pages_is_found_as_it_is_by_entry_and_by_scan()
    {
        Host.Require(HostCapabilities.PageMapScan);
        const int Pages = 64;
        using MemoryMapping window = MemoryMapping.Anonymous(Pages << Page.Shift);
        using ProcessPageMap map = ProcessPageMap.Open();
        Gen.ULong.Sample(
            touched =>
            {
                Libc.Advise(window.Address, window.LengthBytes, Libc.AdviseDontNeed);
                for (int page = 0; page < Pages; page++)
                {
                    if ((touched >> page & 1) != 0)
                    {
                        Native.Touch(AddressRange.OfPage(window.Range.Start + ((ulong)page << Page.Shift)));
                    }
                }

                PageMapEntry[] entries = new PageMapEntry[Pages];
                map.Read(window.Range, entries);
                ulong byEntry = 0;
                ulong byScan = 0;
                for (int page = 0; page < Pages; page++)
                {
                    byEntry |= entries[page].IsPresent ? 1UL << page : 0;
                }

                foreach (PageRun run in map.Scan(window.Range, PageCategories.Present))
                {
                    for (VirtualAddress page = run.Range.Start; page < run.Range.End; page += Page.SizeBytes)
                    {
                        byScan |= 1UL << (int)((page - window.Range.Start) >> Page.Shift);
                    }
                }

                Assert.Equal((touched, touched), (byEntry, byScan));
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void Shared_memory_and_the_page_of_zeroes_are_told_from_private_pages()
    {
        Host.Require(HostCapabilities.PageMapScan);
        using FileDescriptor file = FileDescriptor.Own(Libc.CreateMemoryFile("witness", Libc.MemoryFileCloseOnExec), "memfd_create");
        LinuxException.ThrowIfFailed(Libc.Truncate(file, Page.SizeBytes), "ftruncate");
        using MemoryMapping shared = MemoryMapping.Shared(file, Page.SizeBytes);
        using MemoryMapping owned = MemoryMapping.Anonymous(2 * Page.SizeBytes);
        using ProcessPageMap map = ProcessPageMap.Open();
        Native.Touch(shared.Range);
        Native.Touch(AddressRange.OfPage(owned.Range.Start));
        VirtualAddress zero = owned.Range.Start + Page.SizeBytes;
        Assert.Equal(0UL, Native.Load64(zero));
        Assert.True(map.Read(shared.Range.Start).IsFileOrShared);
        Assert.False(map.Read(owned.Range.Start).IsFileOrShared);
        Assert.True(map.Read(owned.Range.Start) is { IsPresent: true, IsSwapped: false, IsExclusive: true, IsWriteProtected: false });
        PageCategories shown = PageCategories.File | PageCategories.Zero | PageCategories.Present;
        Assert.Equal(PageCategories.File | PageCategories.Present, Assert.Single(map.Scan(shared.Range, PageCategories.Present, shown: shown)).Categories);
        Assert.Equal(
            [PageCategories.Present, PageCategories.Present | PageCategories.Zero],
            map.Scan(owned.Range, PageCategories.Present, shown: shown).Select(run => run.Categories));
    }

    [Fact]
    public void A_protection_of_userfaultfd_shows_until_it_is_lifted()
    {
        Host.Require(HostCapabilities.PagedMemory);
        using MemoryMapping window = MemoryMapping.Anonymous(Page.SizeBytes);
        using Userfault faults = Userfault.Open(UserfaultFeatures.WriteProtect);
        using ProcessPageMap map = ProcessPageMap.Open();
        Native.Touch(window.Range);
        faults.Register(window.Range, UserfaultMode.WriteProtect);
        faults.Protect(window.Range);
        Assert.True(map.Read(window.Range.Start).IsWriteProtected);
        faults.Unprotect(window.Range);
        Assert.False(map.Read(window.Range.Start).IsWriteProtected);
    }

    [Fact]
    public void Wrong_use_is_refused_with_the_numbers()
    {
        Host.Require(HostCapabilities.PageMapScan);
        using ProcessPageMap map = ProcessPageMap.Open();
        AddressRange crooked = new(new VirtualAddress(0x1001), new VirtualAddress(0x3000));
        Assert.Contains("0x1001", Assert.Throws<ArgumentException>(() => map.Scan(crooked, PageCategories.Present)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Read(new AddressRange(new VirtualAddress(0x1000), new VirtualAddress(0x3000)), new PageMapEntry[1]));
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => ProcessPageMap.Open(int.MaxValue)).ErrorName);
    }
}
