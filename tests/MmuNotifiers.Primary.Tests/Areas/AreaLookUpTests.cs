using Xunit;

namespace MmuNotifiers.Primary.Tests.Areas;

/// <summary>Look-ups among many areas, through a tree of several levels.</summary>
public sealed class AreaLookUpTests
{
    private const int Pages = 4096;

    [Fact]
    public void Areas_that_merged_across_the_nodes_of_the_tree_are_found_at_every_address()
    {
        using PhysicalMemory memory = new(16);
        using AddressSpace space = new(memory);
        VirtualAddress start = space.Map(
            new MapRequest((ulong)Pages << Page.Shift, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous)).Address;
        for (int page = 0; page < Pages; page += 2)
        {
            Assert.Equal(Errno.None, space.Protect(start + ((ulong)page << Page.Shift), Page.SizeBytes, AccessRights.Read));
        }

        // From the front to the back: the merged area grows over one node after the other.
        for (int page = 0; page < Pages; page += 2)
        {
            Assert.Equal(Errno.None, space.Protect(start + ((ulong)page << Page.Shift), Page.SizeBytes, AccessRights.ReadWrite));
            Assert.All(
                Enumerable.Range(0, Math.Min(page + 2, Pages)).TakeLast(80),
                below => Assert.NotNull(space.FindArea(start + ((ulong)below << Page.Shift))));
        }

        space.AssertInvariants();
        Assert.Single(space.Layout());
    }
}
