using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>
/// Devices on threads of their own: one thread for each kind of secondary, which serves the devices of that kind in every address
/// space. So each device's word in a page has one writer.
/// </summary>
internal sealed class ConcurrentTraffic : IDeviceTraffic
{
    /// <summary>How many accesses a device may be behind before the program waits for it.</summary>
    private const int MostAccessesBehind = 64;

    private readonly DeviceThread[] _threads;
    private readonly ViolationLog _violations;
    private readonly Random _random;

    /// <summary>Replaced as a whole by the replaying thread, read by the devices' threads.</summary>
    private ReplayedSpace[] _spaces = [];
    private long _operations;

    public ConcurrentTraffic(ReplayOptions options, ViolationLog violations)
    {
        _violations = violations;
        _random = new Random((int)(options.Seed ^ (options.Seed >> 32)));
        _threads = [.. options.Secondaries.Select((kind, i) => new DeviceThread(this, i, options, violations))];
        foreach (DeviceThread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <inheritdoc/>
    public bool IsConcurrent => true;

    /// <summary>The address spaces that live.</summary>
    public ReplayedSpace[] Spaces => Volatile.Read(ref _spaces);

    /// <summary>How many operations the program has made: devices make so many accesses for each.</summary>
    public long Operations => Volatile.Read(ref _operations);

    /// <inheritdoc/>
    public void Add(ReplayedSpace space) => Volatile.Write(ref _spaces, [.. _spaces, space]);

    /// <inheritdoc/>
    /// <remarks>Waits for devices that are far behind, so that the rate holds on a busy machine too.</remarks>
    public void AfterOperation(ReplayedSpace space)
    {
        Volatile.Write(ref _operations, _operations + 1);
        foreach (DeviceThread thread in _spaces.Length > 0 ? _threads : [])
        {
            SpinWait spin = default;
            while (thread.IsAlive && thread.AccessesBehind > MostAccessesBehind)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    /// <inheritdoc/>
    public void AfterFork(ReplayedSpace parent, ReplayedSpace child)
    {
    }

    /// <inheritdoc/>
    public void Remove(ReplayedSpace space)
    {
        Interlocked.Exchange(ref _spaces, [.. _spaces.Where(other => other != space)]);
        foreach (DeviceThread thread in _threads)
        {
            thread.WaitUntilAwayFrom(space);
        }
    }

    /// <inheritdoc/>
    public void AfterRelease(ReplayedSpace space) => ReleaseCheck.Run(_violations, space, _random);

    /// <inheritdoc/>
    public void Stop()
    {
        foreach (DeviceThread thread in _threads)
        {
            thread.Stop();
        }
    }
}
