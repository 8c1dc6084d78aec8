using MmuNotifiers.Lab.Replay.Files;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>What is different where memory is short.</summary>
internal sealed partial class ReplaySession
{
    /// <summary>Where no page can be had any more, so many are tried: each try is a search for something to evict.</summary>
    private const int MostFailuresInARow = 16;

    /// <summary>Where the replay ended before its time; null if it did not.</summary>
    private ReplayEnd? _endedAt;

    /// <summary>The most frames that were in use behind an event; 0 where nobody asked.</summary>
    private long _peakPages;
    private bool _measuresPeak;

    /// <summary>Whether the session ends without an answer, so that nothing needs to be compared any more.</summary>
    private bool _isDisposing;

    private long _failuresSeen;
    private long _pagesReadBack;
    private long _pagesNotReadBack;
    private int _failuresInARow;
    private ReclaimTotals _readBack;

    /// <summary>Whether all bytes of a page are stored and compared, and not only a word.</summary>
    private bool ComparesWholePages => _options.Pressure is not null;

    /// <summary>Replays everything and says how many frames were in use at once at most, between two events.</summary>
    public long MeasurePeak(IProgress<ReplayProgress>? progress, CancellationToken cancellation)
    {
        _measuresPeak = true;
        Run(progress, cancellation);
        return _peakPages;
    }

    /// <summary>
    /// Makes memory with a limit. Where devices run between the program's operations nothing is evicted by a thread of its own, and no page
    /// stays because it came a moment ago: there is one thread, which goes on only when it has its frame.
    /// </summary>
    private static PhysicalMemory NewLimitedMemory(MemoryPressure pressure, DeviceMode devices, ISwapStore? store)
    {
        ReclaimOptions defaults = new();
        return new PhysicalMemory(pressure.FramePages + 1, FreedFrames.Poisoned, new ReclaimOptions
        {
            Swap = store,
            AsksSecondaries = pressure.AsksSecondaries,
            LowWatermarkPages = devices == DeviceMode.Interleaved ? 0 : null,
            MinimumResidency = devices == DeviceMode.Interleaved ? TimeSpan.Zero : defaults.MinimumResidency,
        });
    }

    /// <summary>An event was performed: whether it was the last one that can be.</summary>
    private bool EndsAt(int index)
    {
        if (_measuresPeak)
        {
            _peakPages = Math.Max(_peakPages, _memory.FramesInUse - 1);
        }

        if (_end.Reason is not { } reason)
        {
            return false;
        }

        TraceEvent item = _script.Events[index];
        _endedAt = new ReplayEnd(index, _script.Events.Count, item.ProcessId, item.Nanoseconds / 1e9, reason);
        return true;
    }

    /// <summary>A call failed that must not: whether there was no memory for it.</summary>
    private bool RanOut(ReplayedSpace space, TraceEvent item)
    {
        long failures = _memory.Reclaim?.Statistics.Failures ?? 0;
        bool ranOut = failures > _failuresSeen;
        _failuresSeen = failures;
        return ranOut
            && _end.Explains(FaultResult.OutOfMemory, () => $"process {space.ProcessId} ({space.Program}), {Name(item)}");
    }

    /// <summary>The rest of a page is stored to as well.</summary>
    private static FaultResult StoreBody(ReplayedSpace space, ModelPage page, Word word)
    {
        Span<byte> body = stackalloc byte[Page.SizeBytes - WordSlots.BodyOffset];
        PageImage.FillBody(word, body);
        FaultResult result = space.Primary.Write(VirtualAddress.OfPage(page.Number) + WordSlots.BodyOffset, body).Result;
        if (result == FaultResult.Success)
        {
            page.Contents.FillBody(word);
        }

        return result;
    }

    private void LoadWhole(ReplayedSpace space, ModelPage page, SlotsCompared slots)
    {
        FaultResult result = _pages.Compare(space, page, slots);
        if (result != FaultResult.Success)
        {
            _violations.Refusal(space, "the program", VirtualAddress.OfPage(page.Number), AccessRights.Read, result);
        }
    }

    /// <summary>
    /// An address space is about to be torn down, and no device is at work in it: everything that the program could read is read and compared,
    /// so that each page that was evicted comes back once more. What that takes is kept apart.
    /// </summary>
    private void ReadBack(ReplayedSpace space)
    {
        space.Memory = space.Primary.GetStatistics();
        if (!ComparesWholePages || _isDisposing)
        {
            return;
        }

        ReclaimTotals before = ReclaimTotals.Of(_memory);
        for (int i = 0; i < space.Model.PageCount; i++)
        {
            if (_failuresInARow >= MostFailuresInARow)
            {
                _pagesNotReadBack++;
                continue;
            }

            ModelPage page = space.Model.PageAt(i);
            ModelArea? area = space.Model.Areas.Find(VirtualAddress.OfPage(page.Number));
            if (area is not { IsReadable: true } || page.State < PagePresence.Readable)
            {
                continue;
            }

            Reconcile(space, area, page);
            bool isOthersToo = area.Kind == ModelAreaKind.SharedObject || (area.Kind == ModelAreaKind.PrivateObject && !page.IsPrivateCopy);
            SlotsCompared slots = isOthersToo && _devices.IsConcurrent ? SlotsCompared.Program : SlotsCompared.All;
            CountReadBack(_pages.Compare(space, page, slots), space, page);
        }

        _readBack += ReclaimTotals.Of(_memory) - before;
    }

    private void CountReadBack(FaultResult result, ReplayedSpace space, ModelPage page)
    {
        if (result == FaultResult.Success)
        {
            _pagesReadBack++;
            _failuresInARow = 0;
            return;
        }

        _pagesNotReadBack++;
        _failuresInARow++;
        if (_endedAt is null)
        {
            _violations.Refusal(space, "the reading back", VirtualAddress.OfPage(page.Number), AccessRights.Read, result);
        }
    }

    /// <summary>Every program has ended, and so have the devices: what objects keep is compared.</summary>
    private void ReadBackObjects()
    {
        if (!ComparesWholePages)
        {
            return;
        }

        ReclaimTotals before = ReclaimTotals.Of(_memory);
        foreach (Backing backing in _ownedBackings)
        {
            foreach ((ulong index, PageContents contents) in backing.KnownPages)
            {
                if (index << Page.Shift >= backing.Object.SizeBytes)
                {
                    continue;
                }

                bool read = _failuresInARow < MostFailuresInARow && _pages.Compare(backing, index, contents);
                _pagesReadBack += read ? 1 : 0;
                _pagesNotReadBack += read ? 0 : 1;
                _failuresInARow = read ? 0 : _failuresInARow + 1;
            }
        }

        _readBack += ReclaimTotals.Of(_memory) - before;
    }
}
