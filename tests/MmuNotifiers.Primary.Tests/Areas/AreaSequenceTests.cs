namespace MmuNotifiers.Primary.Tests.Areas;

/// <summary>Look-ups without the map lock while areas come and go.</summary>
public sealed class AreaSequenceTests
{
    private const ulong Kept = 400;

    [Fact]
    public void A_look_up_whose_sequence_still_holds_found_the_truth()
    {
        using PhysicalMemory memory = new(64);
        using AddressSpace space = new(memory);
        MapEveryOther(space, firstPage: 1_000, areas: Kept);
        using Barrier start = new(3);
        using CancellationTokenSource done = new();
        long[] confirmed = new long[2];
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(id => new Thread(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            LookUp(space, id, confirmed, done.Token);
        }))];
        Array.ForEach(readers, reader => reader.Start());
        start.SignalAndWait(TestContext.Current.CancellationToken);
        for (int round = 0; round < 60 || Array.Exists(confirmed, count => count == 0); round++)
        {
            MapEveryOther(space, firstPage: 5_000, areas: 300);
            Assert.Equal(Errno.None, space.Unmap(VirtualAddress.OfPage(5_000), 700 << Page.Shift));
        }

        done.Cancel();
        Array.ForEach(readers, reader => reader.Join());
        Assert.All(confirmed, count => Assert.True(count > 0, "a look-up that held found the wrong area"));
        space.AssertInvariants();
    }

    /// <summary>Counts look-ups that held; each must have found the area at an even page and none at an odd one.</summary>
    private static void LookUp(AddressSpace space, int id, long[] confirmed, CancellationToken done)
    {
        Random random = new(id);
        while (!done.IsCancellationRequested)
        {
            VirtualAddress address = VirtualAddress.OfPage(1_000 + (ulong)random.Next((int)Kept * 2)) + 17;
            long sequence = space.ReadMapSequence();
            Area? area = space.FindArea(address);
            Interlocked.MemoryBarrier();
            if (!space.MapChangedSince(sequence))
            {
                bool isThere = (address.PageNumber & 1) == 0;
                if (isThere != (area?.Range.Contains(address) ?? false))
                {
                    confirmed[id] = -1;
                    return;
                }

                confirmed[id]++;
            }
        }
    }

    private static void MapEveryOther(AddressSpace space, ulong firstPage, ulong areas)
    {
        for (ulong i = 0; i < areas; i++)
        {
            MapRequest request = new(Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed)
            {
                Address = VirtualAddress.OfPage(firstPage + (2 * i)),
            };
            Assert.True(space.Map(request).Succeeded);
        }
    }
}
