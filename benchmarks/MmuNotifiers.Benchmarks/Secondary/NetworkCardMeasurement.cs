using System.Diagnostics;
using MmuNotifiers.Benchmarks.Peers;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Rdma;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>A card's own cost: of an access that hits its TLB, and of the bytes that its DMA engine moves between two address spaces.</summary>
internal sealed class NetworkCardMeasurement : IDisposable
{
    private const int Pages = 256;
    private const int Accesses = 16_384;
    private const int RequestPages = 16;
    private const int Requests = 64;

    private readonly FlatPrimary _sender = new(Pages);
    private readonly FlatPrimary _receiver = new(Pages);
    private readonly CardContext _from;
    private readonly CardContext _to;
    private readonly ISecondaryDevice _queue;
    private readonly MemoryRegion _source;
    private readonly MemoryRegion _target;
    private readonly DmaEngine _engine;
    private readonly byte[] _bytes = new byte[8];

    internal NetworkCardMeasurement()
    {
        NetworkCard card = new();
        _from = card.Attach(_sender);
        _to = card.Attach(_receiver);
        _queue = _from.AddDevice();
        _source = _from.Register(AddressRange.FromPages(FlatPrimary.Base, Pages), AccessRights.Read);
        _target = _to.Register(AddressRange.FromPages(FlatPrimary.Base, Pages), AccessRights.ReadWrite);
        _engine = new DmaEngine(card, Requests);
    }

    /// <summary>One operation is a read of eight bytes through a queue.</summary>
    internal Sample Hits() => Sampling.Repeated(1, Accesses, () =>
    {
        for (int i = 0; i < Accesses; i++)
        {
            _queue.Read(FlatPrimary.Base + ((ulong)(i % Pages) << Page.Shift), _bytes);
        }
    });

    /// <summary>One operation is a page; its time as the poster sees it, from the first post to the last completion.</summary>
    internal Sample Transfers()
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Requests; i++)
        {
            VirtualAddress at = FlatPrimary.Base + ((ulong)(i * RequestPages % Pages) << Page.Shift);
            _engine.TryPost(new WorkRequest((ulong)i, _source, at, _target, at, RequestPages * Page.SizeBytes));
        }

        while (_engine.Poll(out Completion completion))
        {
            if (completion.Status != CompletionStatus.Success)
            {
                throw new InvalidOperationException($"A transfer failed: {completion}.");
            }
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new Sample(nanoseconds / (Requests * RequestPages), (double)allocated / (Requests * RequestPages));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _from.Dispose();
        _to.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
    }
}
