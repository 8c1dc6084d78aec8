using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>The thread of the devices of one kind.</summary>
internal sealed class DeviceThread
{
    private readonly ConcurrentTraffic _traffic;
    private readonly int _index;
    private readonly double _rate;
    private readonly ConcurrentDevice _device;
    private readonly Random _random;
    private readonly Thread _thread;

    /// <summary>The address space that the thread is at work in, or null. Written by the thread, read by the replaying one.</summary>
    private ReplayedSpace? _at;
    private bool _stopped;
    private Exception? _failure;

    /// <summary>Accesses made. Written by the thread.</summary>
    private long _done;

    public DeviceThread(ConcurrentTraffic traffic, int index, ReplayOptions options, ViolationLog violations)
    {
        _traffic = traffic;
        _index = index;
        _rate = options.DeviceRate;
        _random = new Random((int)(options.Seed ^ (options.Seed >> 32)) + index + 1);
        _device = new ConcurrentDevice(_random, violations);
        _thread = new Thread(Run) { IsBackground = true, Name = $"device {options.Secondaries[index]}" };
    }

    /// <summary>Whether the thread runs.</summary>
    public bool IsAlive => _thread.IsAlive;

    /// <summary>How many accesses the thread is behind its rate.</summary>
    public double AccessesBehind => (_traffic.Operations * _rate) - Volatile.Read(ref _done);

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Returns when the thread is not at work in an address space that is no longer among the living.</summary>
    public void WaitUntilAwayFrom(ReplayedSpace space)
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _at) == space && _thread.IsAlive)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Ends the thread and reports what it died of. Idempotent.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stopped, true);
        _thread.Join();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            throw new InvalidOperationException($"The thread of {_thread.Name} failed: {failure.Message}", failure);
        }
    }

    private void Run()
    {
        try
        {
            SpinWait spin = default;
            while (!Volatile.Read(ref _stopped))
            {
                if (AccessesBehind > 0 && TryAccess())
                {
                    Volatile.Write(ref _done, _done + 1);
                    spin.Reset();
                }
                else
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failure = failure;
        }
        finally
        {
            Volatile.Write(ref _at, null);
        }
    }

    private bool TryAccess()
    {
        ReplayedSpace[] spaces = _traffic.Spaces;
        if (spaces.Length == 0)
        {
            return false;
        }

        ReplayedSpace space = spaces[_random.Next(spaces.Length)];
        Interlocked.Exchange(ref _at, space);
        bool lives = Array.IndexOf(_traffic.Spaces, space) >= 0;
        if (lives)
        {
            _device.Access(space, space.Secondaries[_index]);
        }

        Volatile.Write(ref _at, null);
        return lives;
    }
}
