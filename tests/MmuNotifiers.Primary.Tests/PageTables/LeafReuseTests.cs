using MmuNotifiers.Primary.Tests.Core;
using Xunit;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.PageTables;

/// <summary>Leaf tables that leave an address space, and walks that meet them.</summary>
public sealed class LeafReuseTests
{
    private const ulong PagesPerLeaf = LeafTable.Entries;

    [Fact]
    public void A_mapping_that_wanders_through_the_address_space_leaves_no_leaf_tables_behind()
    {
        using PhysicalMemory memory = new(64);
        using AddressSpace space = new(memory);
        space.MapPrivate(PagesPerLeaf, 1);
        space.Store(PagesPerLeaf, 1);
        int before = memory.Tables.Tables;
        for (ulong leaf = 2; leaf < 300; leaf++)
        {
            AddressRange range = space.MapPrivate(leaf * PagesPerLeaf, 1);
            space.Store(leaf * PagesPerLeaf, 1);
            Assert.Equal(Errno.None, space.Unmap(range.Start, range.LengthBytes));
        }

        Assert.Equal(before, memory.Tables.Tables);
        space.AssertInvariants();
    }

    [Fact]
    public void A_leaf_with_another_area_in_its_reach_stays()
    {
        using PhysicalMemory memory = new(64);
        using AddressSpace space = new(memory);
        AddressRange gone = space.MapPrivate(PagesPerLeaf, 1);
        space.MapPrivate(PagesPerLeaf + 8, 1);
        space.Store(PagesPerLeaf, 1);
        int before = memory.Tables.Tables;
        space.Unmap(gone.Start, gone.LengthBytes);
        Assert.Equal(before, memory.Tables.Tables);
        space.Store(PagesPerLeaf + 8, 2);
        Assert.Equal(2, space.Load(PagesPerLeaf + 8));
    }

    [Fact]
    public void An_exited_address_space_gives_all_its_tables_back()
    {
        using PhysicalMemory memory = new(64);
        AddressSpace space = new(memory);
        space.MapPrivate(PagesPerLeaf - 4, 8);
        space.Store(PagesPerLeaf - 1, 1);
        space.Store(PagesPerLeaf, 1);
        space.Dispose();
        Assert.Equal(0, memory.Tables.Tables);
    }

    /// <summary>
    /// Two address spaces hand the same leaf tables to and fro, while a reader of each looks at addresses that come and go: it must
    /// never see what the other one stored.
    /// </summary>
    [Fact]
    public async Task A_walk_that_meets_a_leaf_of_another_address_space_starts_over()
    {
        const int Rounds = 20_000;
        using PhysicalMemory memory = new(1024);
        using AddressSpace one = new(memory);
        using AddressSpace other = new(memory);
        using CancellationTokenSource done = new();
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<int>[] readers = [Task.Run(() => CountForeign(one, 1), stop), Task.Run(() => CountForeign(other, 2), stop)];
        await Task.WhenAll(Task.Run(() => ComeAndGo(one, 1), stop), Task.Run(() => ComeAndGo(other, 2), stop));
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), foreign => Assert.Equal(0, foreign));
        one.AssertInvariants();
        other.AssertInvariants();

        static void ComeAndGo(AddressSpace space, byte mark)
        {
            for (int round = 0; round < Rounds; round++)
            {
                AddressRange range = space.MapPrivate(PagesPerLeaf, 1);
                space.Write(range.Start, [mark]);
                space.Unmap(range.Start, range.LengthBytes);
            }
        }

        int CountForeign(AddressSpace space, byte mark)
        {
            byte[] seen = new byte[1];
            int foreign = 0;
            while (!done.IsCancellationRequested)
            {
                if (space.Read(At(PagesPerLeaf), seen).Succeeded && seen[0] != 0 && seen[0] != mark)
                {
                    foreign++;
                }

                space.Write(At(PagesPerLeaf), [mark]);
            }

            return foreign;
        }
    }
}
