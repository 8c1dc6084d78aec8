namespace MmuNotifiers.Swap;

/// <summary>
/// The packed pages of a <see cref="CompressedSwapStore"/>, in segments of native memory that are filled one after another, so that the bound holds to
/// the byte, nothing fragments, and the oldest pages lie together. Guarded by the store's lock.
/// </summary>
/// <remarks>One segment is kept free for moving live records together; appending never takes it.</remarks>
internal sealed class CompressedLog : IDisposable
{
    /// <summary>The least bound: four segments of the least size.</summary>
    internal const long LeastBytes = 4 * LeastSegmentBytes;

    private const int LeastSegmentBytes = 16 << 10;
    private const int MostSegmentBytes = 256 << 10;
    private const int SegmentsWanted = 16;
    private const int MostSegments = 1 << 30;

    private readonly int _segmentBytes;
    private readonly int _mostSegments;
    private readonly List<LogSegment> _segments = [];
    private readonly Stack<LogSegment> _free = [];
    private readonly List<LogRecord> _records = [];
    private LogSegment? _young;
    private LogSegment? _old;
    private long _ages;
    private long _liveBytes;

    /// <summary>Makes a log of at most some bytes.</summary>
    internal CompressedLog(long maximumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBytes, LeastBytes);
        _segmentBytes = (int)Math.Clamp(maximumBytes / SegmentsWanted / LeastSegmentBytes * LeastSegmentBytes, LeastSegmentBytes, MostSegmentBytes);
        _mostSegments = (int)Math.Min(maximumBytes / _segmentBytes, MostSegments);
    }

    /// <summary>How many bytes live records take.</summary>
    internal long LiveBytes => _liveBytes;

    /// <summary>How much native memory the segments have.</summary>
    internal long AllocatedBytes => (long)_segments.Count * _segmentBytes;

    /// <summary>Whether live records take more than three quarters of the bound: then moving them together gains little, and the oldest had better go.</summary>
    internal bool IsMostlyLive => _liveBytes > (long)_mostSegments * _segmentBytes * 3 / 4;

    /// <summary>Whether a record of any size can be appended.</summary>
    internal bool HasRoom => _young?.HasRoomFor(Page.SizeBytes) == true || SegmentsLeft > 1;

    private int SegmentsLeft => _free.Count + _mostSegments - _segments.Count;

    /// <summary>Appends a record, if there is room.</summary>
    internal bool TryAppend(long slot, ReadOnlySpan<byte> packed, out LogPlace place)
    {
        if (_young?.HasRoomFor(packed.Length) != true)
        {
            Seal(_young);
            _young = null;
            if (SegmentsLeft <= 1)
            {
                place = default;
                return false;
            }

            _young = Take(_ages++);
        }

        place = _young.Append(slot, packed);
        _liveBytes += LogSegment.BytesOf(packed.Length);
        return true;
    }

    /// <summary>The bytes of a record.</summary>
    internal ReadOnlySpan<byte> Bytes(LogPlace place, int packedBytes) => _segments[place.Segment].Bytes(place, packedBytes);

    /// <summary>Says that a record is dead.</summary>
    internal void Release(LogPlace place, int packedBytes)
    {
        LogSegment segment = _segments[place.Segment];
        segment.Release(packedBytes);
        _liveBytes -= LogSegment.BytesOf(packedBytes);
        FreeIfDead(segment);
    }

    /// <summary>Takes the oldest full segment out for writing it back, with its live records; null if there is none.</summary>
    internal LogSegment? BeginWriteBack(CompressedSlots slots, List<LogRecord> live)
    {
        LogSegment? oldest = _segments.Where(static segment => segment.State == LogSegmentState.Sealed).MinBy(static segment => segment.Age);
        if (oldest is not null)
        {
            oldest.State = LogSegmentState.WrittenBack;
            CopyLive(oldest, slots, live);
        }

        return oldest;
    }

    /// <summary>
    /// Ends the writing back of a segment. What is alive in it was refused and stays; it counts as young again, so that the next attempt is
    /// at other pages.
    /// </summary>
    internal void EndWriteBack(LogSegment segment)
    {
        segment.Age = _ages++;
        Seal(segment);
    }

    /// <summary>
    /// Moves the live records of the segment with the most dead ones to a place of their own, if a sixteenth of it at least is dead. Each time leaves
    /// fewer dead bytes, so that it cannot go on for ever.
    /// </summary>
    internal bool TryCompact(CompressedSlots slots)
    {
        LogSegment? victim = _segments.Where(static segment => segment.State == LogSegmentState.Sealed).MaxBy(static segment => segment.DeadBytes);
        if (victim is null || victim.DeadBytes < _segmentBytes / 16)
        {
            return false;
        }

        _records.Clear();
        CopyLive(victim, slots, _records);
        foreach (LogRecord record in _records)
        {
            LogSegment target = OldWithRoom(record.Bytes, victim.Age);
            slots[record.Slot].Word = target.Append(record.Slot, Bytes(record.Place, record.Bytes)).Value;
            victim.Release(record.Bytes);
        }

        FreeIfDead(victim);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LogSegment segment in _segments)
        {
            segment.Dispose();
        }
    }

    private static void CopyLive(LogSegment segment, CompressedSlots slots, List<LogRecord> live)
    {
        segment.CopyRecords(live);
        live.RemoveAll(record => !slots[record.Slot].IsAt(record.Place));
    }

    private LogSegment OldWithRoom(int packedBytes, long age)
    {
        if (_old?.HasRoomFor(packedBytes) != true)
        {
            Seal(_old);
            _old = Take(age);
        }

        _old.Age = Math.Min(_old.Age, age);
        return _old;
    }

    private LogSegment Take(long age)
    {
        if (!_free.TryPop(out LogSegment? segment))
        {
            segment = new LogSegment(_segments.Count, _segmentBytes);
            _segments.Add(segment);
        }

        segment.Open(age);
        return segment;
    }

    private void Seal(LogSegment? segment)
    {
        if (segment is not null)
        {
            segment.State = LogSegmentState.Sealed;
            FreeIfDead(segment);
        }
    }

    private void FreeIfDead(LogSegment segment)
    {
        if (segment is { State: LogSegmentState.Sealed, LiveBytes: 0 })
        {
            segment.State = LogSegmentState.Free;
            _free.Push(segment);
        }
    }
}
