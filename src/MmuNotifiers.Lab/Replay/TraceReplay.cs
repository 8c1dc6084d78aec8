using System.Collections.Immutable;
using System.Diagnostics;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Lab.Replay;

/// <summary>Replays recordings through the primary MMU with secondary MMUs attached, and checks every access.</summary>
public static class TraceReplay
{
    private const int WarmUpEvents = 10_000;
    private const long MostFrames = (1L << 31) - 1;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1.0 / 3);

    /// <summary>Replays a recording.</summary>
    /// <param name="script">The recording.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told every few thousand events; null for nobody.</param>
    /// <param name="cancellation">Ends the replay.</param>
    /// <returns>What was done and found.</returns>
    /// <exception cref="ArgumentException">More secondaries than a page has slots for, a rate that is not a number from 0 to 1000, or a limit of no frames.</exception>
    /// <exception cref="ReplaySnapshotException">There is no address space to be saved at the moment that <see cref="ReplayOptions.Snapshot"/> says.</exception>
    /// <exception cref="IOException">The snapshot could not be written.</exception>
    /// <exception cref="OperationCanceledException">The replay was ended.</exception>
    public static ReplayReport Run(
        ReplayScript script,
        ReplayOptions? options = null,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        options ??= new ReplayOptions();
        if (options.Secondaries.Length >= Model.WordSlots.Count)
        {
            throw new ArgumentException(
                $"At most {Model.WordSlots.Count - 1} secondaries, not {options.Secondaries.Length}.", nameof(options));
        }

        if (options.Pressure is { FramePages: < 1 or > MostFrames } pressure)
        {
            throw new ArgumentException($"A limit is from 1 to {MostFrames} frames, not {pressure.FramePages}.", nameof(options));
        }

        if (!(options.DeviceRate is >= 0 and <= 1000))
        {
            throw new ArgumentException($"The device rate is a number from 0 to 1000, not {options.DeviceRate}.", nameof(options));
        }

        if (options.Snapshot?.AfterEvents is { } after && (after < 1 || after > script.EventCount))
        {
            throw new ArgumentException($"The moment of a snapshot is behind 1 to {script.EventCount} events, not {after}.", nameof(options));
        }

        using ReplaySession session = new(script, options);
        return session.Run(progress, cancellation);
    }

    /// <summary>
    /// Replays the beginning of a recording for a third of a second and forgets the result, so that a replay after it is measured with
    /// compiled code.
    /// </summary>
    /// <param name="script">The recording.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the replay.</param>
    public static void WarmUp(ReplayScript script, ReplayOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        ReplayScript beginning = script.Beginning(WarmUpEvents);
        ReplayOptions interleaved = (options ?? new ReplayOptions()) with { Devices = DeviceMode.Interleaved, Pressure = null, Snapshot = null };
        long startedAt = Stopwatch.GetTimestamp();
        do
        {
            Run(beginning, interleaved, progress: null, cancellation);
        }
        while (Stopwatch.GetElapsedTime(startedAt) < WarmUpTime);
    }

    /// <summary>Replays a recording with nothing attached, to see what an operation costs by itself.</summary>
    /// <param name="script">The recording.</param>
    /// <param name="options">How; its secondaries are left out.</param>
    /// <param name="cancellation">Ends the replay.</param>
    /// <returns>Nanoseconds for each operation.</returns>
    public static double MeasureBare(ReplayScript script, ReplayOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ReplayOptions bare = options with
        {
            Secondaries = ImmutableArray<SecondaryKind>.Empty,
            DeviceRate = 0,
            Devices = DeviceMode.Interleaved,
            Snapshot = null,
        };
        return Run(script, bare, progress: null, cancellation).Cost.NsPerOperation;
    }

    /// <summary>
    /// The peak of a recording: the most frames in use at once, between two events, when it is replayed with nothing attached and as many frames as
    /// it takes. Counted are all private pages, shared memory, and the pages of files that the programs, or fault-around, brought into the page
    /// cache, which an unlimited replay never empties; not the zero page.
    /// </summary>
    /// <param name="script">The recording.</param>
    /// <param name="progress">Told every few thousand events; null for nobody.</param>
    /// <param name="cancellation">Ends the replay.</param>
    /// <returns>Frames of 4096 bytes; the same for every call with the same recording.</returns>
    public static long MeasurePeak(ReplayScript script, IProgress<ReplayProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        using ReplaySession session = new(script, new ReplayOptions { Secondaries = [], DeviceRate = 0 });
        return session.MeasurePeak(progress, cancellation);
    }
}
