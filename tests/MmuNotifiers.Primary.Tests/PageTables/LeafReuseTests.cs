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

    [Fact]
    public void Who_still_holds_a_leaf_that_left_sees_that_it_serves_another_page_table()
    {
        using TablePool pool = new();
        using PageTable one = new(pool);
        using PageTable other = new(pool);
        other.Ensure(At(0));
        LeafTable held = one.Ensure(At(PagesPerLeaf));
        long revocations = held.ReadRevocations();
        Assert.True(held.BelongsTo(one, At(PagesPerLeaf)));
        held.Lock();
        one.Remove(held);
        Assert.False(held.BelongsTo(one, At(PagesPerLeaf)));

        // The pool hands out what came back last, so the other page table takes it, as a leaf for the same address.
        LeafTable reused = other.Ensure(At(PagesPerLeaf + 1));
        Assert.Equal(held.LockOrder, reused.LockOrder);
        Assert.True(held.BelongsTo(other, At(PagesPerLeaf)));
        Assert.False(held.BelongsTo(one, At(PagesPerLeaf)));
        Assert.False(held.BelongsTo(other, At(2 * PagesPerLeaf)));
        Assert.True(held.ReadRevocations() > revocations);
    }

    [Fact]
    public async Task Accesses_to_what_comes_and_goes_keep_every_invariant()
    {
        const int Rounds = 4000;
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

        // What the other address space stored must never be seen, though both use the same leaf tables in turn.
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
