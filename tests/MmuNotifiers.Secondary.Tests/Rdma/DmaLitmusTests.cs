using System.Diagnostics;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary.Rdma;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Rdma;

/// <summary>
/// An engine moves a pattern from one process to another while both move, fork and protect the pages all the time. What a transfer says it
/// has moved must be there, in the receiver and not in a child that it forked before.
/// </summary>
public sealed class DmaLitmusTests
{
    private const int PageCount = 8;
    private const int Elsewhere = 100;
    private const int LengthBytes = (PageCount * Page.SizeBytes) - 1000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>On a busy host a control may miss its race for a while.</summary>
    private static readonly TimeSpan ControlLimit = TimeSpan.FromSeconds(20);

    private readonly byte[] _pattern = new byte[LengthBytes];

    public DmaLitmusTests() => new Random(3).NextBytes(_pattern);

    [Theory]
    [InlineData(64, 4)]
    [InlineData(2, 1)]
    public void What_a_transfer_moves_arrives_and_nowhere_else(int entries, int ways)
    {
        Outcome control = Run(HookTable.Standard.Without(HookSite.Fork).Without(HookSite.Move), 64, 4, ControlLimit, stopWhenWrong: true);
        Assert.SkipUnless(control.Wrong > 0, $"Inconclusive: without the hooks of fork and move nothing went wrong on this host: {control}.");

        Outcome outcome = Run(HookTable.Standard, entries, ways, Limit, stopWhenWrong: false);

        Assert.Equal(0, outcome.Wrong);
        Assert.True(outcome is { Transfers: > 0, Changes: > 0 }, $"{outcome}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcome}; control: {control}");
    }

    private Outcome Run(HookTable hooks, int entries, int ways, TimeSpan limit, bool stopWhenWrong)
    {
        using PhysicalMemory memory = new(2048, FreedFrames.Poisoned);
        using AddressSpace sender = new(memory, new AddressSpaceOptions { Hooks = hooks });
        using AddressSpace receiver = new(memory, new AddressSpaceOptions { Hooks = hooks });
        Map(sender);
        Map(receiver);
        sender.Write(At(0), _pattern);
        NetworkCard card = new(new NetworkCardOptions { Entries = entries, Ways = ways });
        using CardContext from = card.Attach(sender);
        using CardContext to = card.Attach(receiver);
        using MemoryRegion source = from.Register(Pages(0, PageCount), AccessRights.Read);
        using MemoryRegion target = to.Register(Pages(0, PageCount), AccessRights.ReadWrite);
        using DmaEngine engine = new(card);
        bool stop = false;
        long changes = 0;
        Thread disturber = new(() =>
        {
            for (int round = 0; !Volatile.Read(ref stop); round++)
            {
                Disturb(sender, receiver, round);
                changes++;
            }
        });
        disturber.Start();
        long transfers = 0;
        long refused = 0;
        long wrong = 0;
        byte[] zeros = new byte[LengthBytes];
        byte[] seen = new byte[LengthBytes];
        byte[] childSees = new byte[LengthBytes];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < limit && !(stopWhenWrong && wrong > 0);)
        {
            receiver.Write(At(0), zeros);
            using AddressSpace child = receiver.Fork()!;
            Assert.True(engine.TryPost(new WorkRequest(1, source, At(0), target, At(0), LengthBytes)));
            Assert.True(engine.Poll(out Completion completion));
            child.Read(At(0), childSees);
            wrong += childSees.AsSpan().ContainsAnyExcept((byte)0) ? 1 : 0;
            if (completion.Status != CompletionStatus.Success)
            {
                wrong += completion is { Status: CompletionStatus.PageFault, Fault: FaultResult.NotMapped } ? 0 : 1;
                refused++;
                continue;
            }

            transfers++;
            receiver.Read(At(0), seen);
            wrong += seen.AsSpan().SequenceEqual(_pattern) ? 0 : 1;
        }

        Volatile.Write(ref stop, true);
        disturber.Join();
        return new Outcome(transfers, refused, changes, wrong);
    }

    private static void Disturb(AddressSpace sender, AddressSpace receiver, int round)
    {
        int page = round % PageCount;
        switch (round % 3)
        {
            case 0:
                sender.Move(At(page), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(Elsewhere));
                sender.Move(At(Elsewhere), Page.SizeBytes, Page.SizeBytes, MoveFlags.MayMove | MoveFlags.Fixed, At(page));
                break;
            case 1:
                sender.Fork()!.Dispose();
                break;
            default:
                receiver.Fork()!.Dispose();
                break;
        }
    }

    private static void Map(AddressSpace space) =>
        space.Map(new MapRequest(PageCount * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed)
        {
            Address = At(0),
        });

    private readonly record struct Outcome(long Transfers, long Refused, long Changes, long Wrong);
}
