namespace MmuNotifiers.Linux;

/// <summary>
/// How far to read ahead: as far as faults follow each other. A fault where one of the last few expected its successor doubles that one's reach; any other
/// begins anew with nothing. Guarded by the gate.
/// </summary>
internal sealed class ReadAheadStreams(int most)
{
    private readonly Stream[] _streams = new Stream[8];
    private int _oldest;

    /// <summary>A page was fetched because somebody waits for it.</summary>
    /// <returns>How many pages behind it are worth fetching with it; follow with <see cref="Took"/> if it is not 0.</returns>
    internal int Reach(int page)
    {
        if (most == 0)
        {
            return 0;
        }

        for (int i = 0; i < _streams.Length; i++)
        {
            ref Stream stream = ref _streams[i];
            if (stream.Next == page && stream.Next != 0)
            {
                stream.Reach = Math.Min(Math.Max(stream.Reach * 2, 1), most);
                stream.Next = page + 1;
                return stream.Reach;
            }
        }

        _streams[_oldest] = new Stream { Next = page + 1 };
        _oldest = (_oldest + 1) % _streams.Length;
        return 0;
    }

    /// <summary>So many pages behind the one that was asked for last at a place were fetched with it.</summary>
    internal void Took(int page, int ahead)
    {
        foreach (ref Stream stream in _streams.AsSpan())
        {
            if (stream.Next == page + 1)
            {
                stream.Next += ahead;
                return;
            }
        }
    }

    private struct Stream
    {
        internal int Next;
        internal int Reach;
    }
}
