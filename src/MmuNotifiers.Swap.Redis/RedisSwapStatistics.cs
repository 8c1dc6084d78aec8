namespace MmuNotifiers.Swap.Redis;

/// <summary>What a <see cref="RedisSwapStore"/> has done since it was opened. The figures are read one by one, so they need not fit each other exactly.</summary>
/// <param name="PagesWritten">Pages whose write succeeded.</param>
/// <param name="PagesRead">Pages whose bytes were fetched and verified.</param>
/// <param name="PagesLost">Reads of slots whose value is gone, or that hold no page.</param>
/// <param name="PagesCorrupt">Reads that found a value which is not the one that was written.</param>
/// <param name="PagesFailed">Pages whose transfer ended as no space, I/O error or unavailable.</param>
/// <param name="Retries">Pages that were sent once more, since a server was away, moved or took over.</param>
/// <param name="Messages">Commands that carried pages.</param>
/// <param name="BytesInFlight">Page bytes that were sent or are being fetched at the moment, in bytes of values.</param>
/// <param name="PeakBytesInFlight">The most that ever were.</param>
public readonly record struct RedisSwapStatistics(
    long PagesWritten,
    long PagesRead,
    long PagesLost,
    long PagesCorrupt,
    long PagesFailed,
    long Retries,
    long Messages,
    long BytesInFlight,
    long PeakBytesInFlight);
