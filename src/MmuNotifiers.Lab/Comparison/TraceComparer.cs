using System.Collections.Immutable;
using System.Diagnostics;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>
/// Compares over one recording. In each round every pair is replayed once, with replays in between that have nothing attached; each
/// round begins with another pair. All replays use the same memory, so that none pays for frames that the host has to bring in.
/// </summary>
internal sealed class TraceComparer
{
    /// <summary>So many rows share one replay with nothing attached.</summary>
    private const int RowsPerBareReplay = 3;

    private const int WarmUpEvents = 4_000;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(3);

    private readonly ComparedTrace _trace;
    private readonly ImmutableArray<ComparisonPair> _pairs;
    private readonly ComparisonOptions _options;
    private readonly RowSamples[] _samples;
    private readonly List<double> _bareNanoseconds = [];
    private ReplayReport? _bare;

    public TraceComparer(ComparedTrace trace, ImmutableArray<ComparisonPair> pairs, ComparisonOptions options)
    {
        _trace = trace;
        _pairs = pairs;
        _options = options;
        _samples = [.. pairs.Select(_ => new RowSamples())];
    }

    /// <summary>The rows, once it has run.</summary>
    public IEnumerable<ComparisonRow> Rows => _pairs.Select((pair, i) => ComparisonRows.Of(_trace.Name, pair, _samples[i]));

    /// <summary>What the rows have in common, once it has run.</summary>
    public ComparedTraceReport Report => ComparisonRows.Common(_trace, _bare!, _bareNanoseconds);

    /// <summary>How many replays a comparison of so many pairs has.</summary>
    public static int CountReplays(int pairs, int rounds) => 1 + (rounds * (pairs + ((pairs + RowsPerBareReplay - 1) / RowsPerBareReplay)));

    /// <summary>
    /// Replays the beginning of a recording for every pair and forgets the result, so that later times are of compiled code.
    /// </summary>
    public static void WarmUp(
        ReplayScript script, ImmutableArray<ComparisonPair> pairs, ComparisonOptions options, CancellationToken cancellation)
    {
        TraceComparer beginning = new(new ComparedTrace(string.Empty, script.Beginning(WarmUpEvents)), pairs, options with { Rounds = 1 });
        long startedAt = Stopwatch.GetTimestamp();
        do
        {
            beginning.Run(progress: null, cancellation);
        }
        while (Stopwatch.GetElapsedTime(startedAt) < WarmUpTime);
    }

    /// <summary>Replays all rounds.</summary>
    public void Run(ComparisonProgress? progress, CancellationToken cancellation)
    {
        ReplayOptions bare = new() { Secondaries = [], DeviceRate = 0, Seed = _options.Seed };
        using PhysicalMemory memory = ReplaySession.NewMemory(_trace.Script, bare, FreedFrames.KeepBytes);

        // The host brings the memory in at its first use: nobody's time.
        Replay(bare, memory, progress, cancellation);
        for (int round = 0; round < _options.Rounds; round++)
        {
            for (int i = 0; i < _pairs.Length; i++)
            {
                if (i % RowsPerBareReplay == 0)
                {
                    _bare = Replay(bare, memory, progress, cancellation);
                    _bareNanoseconds.Add(_bare.Cost.NsPerOperation);
                }

                int row = (i + (round * _pairs.Length / _options.Rounds)) % _pairs.Length;
                _samples[row].Add(Replay(OptionsFor(_pairs[row]), memory, progress, cancellation), _bareNanoseconds[^1]);
            }
        }
    }

    private ReplayReport Replay(ReplayOptions options, PhysicalMemory memory, ComparisonProgress? progress, CancellationToken cancellation)
    {
        using ReplaySession session = new(_trace.Script, options, memory);
        return session.Run(progress, cancellation);
    }

    private ReplayOptions OptionsFor(ComparisonPair pair) => new()
    {
        Secondaries = [pair.Secondary],
        Attachment = pair.Attachment.Kind,
        DeviceRate = _options.DeviceRate,
        StoresAfterFork = _options.DeviceRate > 0,
        Seed = _options.Seed,
    };
}
