using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Reclaim ahead of those who need frames.</summary>
/// <remarks>
/// The thread is made when free frames first fall below the low watermark, and sleeps until they do again; it reclaims up to the high one.
/// Nothing depends on it: where it is too slow, or there is none, those who need frames reclaim themselves. Under a race checker there is none,
/// since it would be no thread of the checker's.
/// </remarks>
public sealed partial class Reclaimer
{
    /// <summary>How many attempts in a row may fail.</summary>
    private const int MaxFailures = 16;

    private readonly SharedMonitor _wakeup = new();

    /// <summary>Guarded by the wakeup monitor.</summary>
    private Thread? _thread;

    /// <summary>Whether the thread has been asked to reclaim. Written under the wakeup monitor.</summary>
    private bool _isWanted;

    /// <summary>Guarded by the wakeup monitor.</summary>
    private bool _isStopping;

    /// <summary>Below so many free frames the thread reclaims; 0 for never.</summary>
    internal long LowWatermark { get; }

    /// <summary>Up to so many.</summary>
    internal long HighWatermark { get; }

    /// <summary>Frames were taken from the common stack: wakes the thread if few are left there. No lock is held.</summary>
    /// <param name="taken">How many were taken.</param>
    /// <param name="free">How many are left.</param>
    internal void NoteTaken(int taken, long free)
    {
        Policy.Fill(taken);
        if (free < LowWatermark && !Shared.Read(in _isWanted, this) && !Shared.Controlled)
        {
            Wake();
        }
    }

    /// <summary>Small pools have no thread: what it keeps free would be missed, and one page more or less is evicted in no time.</summary>
    private static long DefaultLowWatermark(long frames) => frames < 4096 ? 0 : Math.Min(frames / 64, 8192);

    private void Wake()
    {
        _wakeup.Enter();
        if (!_isWanted && !_isStopping)
        {
            Shared.Write(ref _isWanted, true, this);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "MmuNotifiers reclaim" };
                _thread.Start();
            }

            _wakeup.WakeAll();
        }

        _wakeup.Exit();
    }

    private void StopBackground()
    {
        _wakeup.Enter();
        Shared.Write(ref _isStopping, true, this);
        Thread? thread = _thread;
        _wakeup.WakeAll();
        _wakeup.Exit();
        thread?.Join();
    }

    private void Run()
    {
        while (AwaitWork())
        {
            Counters.AddBackgroundWakeup();
            Refill();
            _wakeup.Enter();
            Shared.Write(ref _isWanted, false, this);
            _wakeup.Exit();
        }
    }

    /// <summary>Pages that were used since the walk make room for others; where nothing goes all the same, it is left to those who need a frame.</summary>
    private void Refill()
    {
        int failures = 0;
        while (failures < MaxFailures && !Standstill.IsReached && !Shared.Read(in _isStopping, this))
        {
            long wanted = HighWatermark - _memory.FreeFrames;
            if (wanted <= 0)
            {
                return;
            }

            failures = Step(_victims, EvictionReason.Background, default, wanted).Freed > 0 ? 0 : failures + 1;
        }
    }

    /// <returns>False if the thread is to end.</returns>
    private bool AwaitWork()
    {
        _wakeup.Enter();
        while (!_isWanted && !_isStopping)
        {
            _wakeup.Wait();
        }

        bool goesOn = !_isStopping;
        _wakeup.Exit();
        return goesOn;
    }
}
