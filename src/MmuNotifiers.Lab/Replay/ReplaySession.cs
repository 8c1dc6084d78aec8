using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Devices;
using MmuNotifiers.Lab.Replay.Files;
using MmuNotifiers.Lab.Replay.Oracles;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

/// <summary>
/// One replay: performs the recorded events in their order on one thread, lets devices run between them or beside them, and
/// compares everything with the oracles.
/// </summary>
internal sealed partial class ReplaySession : IDisposable
{
    private const int ProgressEvery = 2048;

    private readonly ReplayScript _script;
    private readonly ReplayOptions _options;
    private readonly PhysicalMemory _memory;
    private readonly bool _ownsMemory;
    private readonly Dictionary<int, ReplayedProcess> _processes = [];
    private readonly List<ReplayedSpace> _spaces = [];
    private readonly Dictionary<int, Backing> _files = [];
    private readonly List<Backing> _ownedBackings = [];

    /// <summary>Shared memory that is just being mapped, and that nobody else can ever map.</summary>
    private readonly HashSet<Backing> _namelessBackings = [];
    private readonly Dictionary<int, TraceFile> _recordedFiles = [];
    private readonly EarlyEnd _end;
    private readonly ViolationLog _violations;
    private readonly PageOracle _pages;
    private readonly FaultOracle _faults = new();
    private readonly Tally _skipped = new();
    private readonly Tally _callMismatches = new();
    private readonly IDeviceTraffic _devices;
    private readonly Random _random;

    /// <summary>Null where each secondary hangs by itself.</summary>
    private readonly Attachment? _attachment;
    private readonly int _faultAroundPages;

    /// <summary>Null without a limit, or with nothing behind it.</summary>
    private readonly MeteredSwapStore? _store;

    /// <summary>More pages than one event can bring in: the frames that suffice without a limit.</summary>
    private readonly ulong _mostPages;

    /// <summary>Time in operations of the primary, in ticks of <see cref="Stopwatch"/>.</summary>
    private long _operationTicks;
    private long _sequence;

    /// <summary>How many events were performed.</summary>
    private int _performed;

    /// <summary>The most memory that subscriptions were seen to take at once, in bytes.</summary>
    private long _subscriptionBytes;

    /// <summary>Prepares a replay.</summary>
    /// <param name="script">The recording.</param>
    /// <param name="options">How.</param>
    /// <param name="memory">Where its frames come from, as <see cref="NewMemory"/> made it; null for memory of its own.</param>
    public ReplaySession(ReplayScript script, ReplayOptions options, PhysicalMemory? memory = null)
    {
        _script = script;
        _options = options;
        _store = options.Pressure?.Swap is { } swap ? new MeteredSwapStore(swap) : null;
        _memory = memory ?? (options.Pressure is { } pressure
            ? NewLimitedMemory(pressure, options.Devices, _store)
            : NewMemory(script, options, FreedFrames.KeepBytes));
        _ownsMemory = memory is null;
        _mostPages = (ulong)FramesFor(script, options);
        _end = new EarlyEnd(_memory);
        _violations = new ViolationLog(_end);
        _pages = new PageOracle(_violations);
        _attachment = options.Attachment is { } kind ? Attachment.Of(kind) : null;
        _random = new Random((int)(options.Seed ^ (options.Seed >> 32)));
        _faultAroundPages = Math.Clamp((script.Header.Host.FaultAroundBytes ?? 65_536) / Page.SizeBytes, 1, 512);
        _devices = options.Devices == DeviceMode.Concurrent && options.DeviceRate > 0 && !options.Secondaries.IsEmpty
            ? new ConcurrentTraffic(options, _violations)
            : new InterleavedTraffic(options, _violations, _pages);
    }

    /// <summary>Makes memory that suffices for a replay, as far as the limit allows.</summary>
    public static PhysicalMemory NewMemory(ReplayScript script, ReplayOptions options, FreedFrames freed) =>
        new(FramesFor(script, options) * (options.Snapshot is null ? 1 : 2), freed);

    private static long FramesFor(ReplayScript script, ReplayOptions options)
    {
        ulong mostBytes = Math.Min(options.MemoryLimitBytes, (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3);
        ulong frames = Math.Min(script.Foresight.FramesNeeded, mostBytes >> Page.Shift);
        return (long)Math.Clamp(frames, 1024UL, 1UL << 30);
    }

    /// <summary>Replays everything.</summary>
    public ReplayReport Run(IProgress<ReplayProgress>? progress, CancellationToken cancellation)
    {
        long startedAt = Stopwatch.GetTimestamp();
        List<TraceEvent> events = _script.Events;
        for (int i = 0; i < events.Count; i++)
        {
            if (i % ProgressEvery == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new ReplayProgress(i, events.Count, _processes.Count));
                SampleSubscriptions();
            }

            Perform(events[i]);
            _performed = i + 1;
            if (EndsAt(i))
            {
                break;
            }

            TakeMomentAfter(i + 1);
        }

        foreach (ReplayedProcess process in _processes.Values.ToArray())
        {
            TakeLastMomentOf(process);
            Leave(process);
        }

        _devices.Stop();
        ReadBackObjects();
        SnapshotReport? snapshot = CompareSnapshot();
        progress?.Report(new ReplayProgress(events.Count, events.Count, 0));
        return MakeReport(Stopwatch.GetElapsedTime(startedAt)) with { Snapshot = snapshot };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _devices.Stop();
        _isDisposing = true;
        foreach (ReplayedProcess process in _processes.Values.ToArray())
        {
            Leave(process);
        }

        AwaitSave();
        foreach (Backing backing in _ownedBackings.Concat(_namelessBackings))
        {
            backing.Dispose();
        }

        if (_ownsMemory)
        {
            _memory.Dispose();
        }
    }

    private void Perform(TraceEvent item)
    {
        switch (item)
        {
            case FileEvent file:
                _recordedFiles[file.File.Id] = file.File;
                return;
            case ExecEvent exec:
                Perform(exec);
                return;
            case LostEvent lost:
                _skipped.Add("Lost", "The recorder lost events.", lost, () => $"{lost.Count} events");
                return;
        }

        if (!_processes.TryGetValue(item.ProcessId, out ReplayedProcess? process))
        {
            _skipped.Add("UnknownProcess", "The process's start is not in the recording.", item, () => item.GetType().Name);
            return;
        }

        ReplayedSpace space = process.Space;
        space.Counts.Operations++;
        switch (item)
        {
            case PageFaultEvent fault:
                Perform(space, fault);
                break;
            case SystemCallEvent call:
                Perform(space, call);
                break;
            case TouchEvent touch:
                Perform(space, touch);
                break;
            case AccessesEvent accesses:
                Perform(space, accesses);
                break;
            case ForkEvent fork:
                Perform(process, fork);
                break;
            case ExitEvent exit:
                Perform(process, exit);
                return;
        }

        _faults.Follow(item);
        _devices.AfterOperation(space);
    }

    /// <summary>Looks at the memory of the subscriptions of all address spaces that live: every few thousand events, and before one goes.</summary>
    private void SampleSubscriptions()
    {
        long bytes = 0;
        foreach (ReplayedSpace space in _processes.Values.Select(process => process.Space).Distinct())
        {
            bytes += space.Secondaries.Sum(secondary => secondary.Attached?.Statistics.SubscriptionBytes ?? 0);
        }

        _subscriptionBytes = Math.Max(_subscriptionBytes, bytes);
    }

    private void Clock(long startedAt) => _operationTicks += Stopwatch.GetTimestamp() - startedAt;

    private Backing BackingOf(int fileId)
    {
        if (!_files.TryGetValue(fileId, out Backing? backing))
        {
            TraceFile file = _recordedFiles.TryGetValue(fileId, out TraceFile? known)
                ? known
                : new TraceFile(fileId, TraceFileKind.SharedMemory, "unknown", 0, 0, 0, SizeIsLowerBound: true);
            _files.Add(fileId, backing = Backing.Create(_memory, file, SizeOf(file)));
            _ownedBackings.Add(backing);
        }

        return backing;
    }

    private ulong SizeOf(TraceFile file) => Math.Min(_script.Foresight.SizeOf(file), MemoryObject.MaxSizeBytes);

    private Backing NewSharedMemory(string name, ulong lengthBytes)
    {
        ulong sizeBytes = Math.Min(Page.Count(lengthBytes) << Page.Shift, MemoryObject.MaxSizeBytes);
        Backing backing = Backing.CreateSharedMemory(_memory, name, sizeBytes);
        _namelessBackings.Add(backing);
        return backing;
    }

    /// <summary>Shared memory without a name was mapped: from now on it lives as long as somebody has it mapped.</summary>
    private void LetGoIfNameless(Backing? backing)
    {
        if (backing is not null && _namelessBackings.Remove(backing))
        {
            backing.LetGo();
        }
    }
}
