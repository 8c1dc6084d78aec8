using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>Native threads over one window, which know what each word must hold.</summary>
internal sealed unsafe class TouchCrew : IDisposable
{
    private const int WordsPerPage = 8;

    private readonly Touch* _touches;
    private readonly Thread[] _threads;
    private readonly ulong* _expected;
    private readonly byte* _locks;
    private readonly uint* _stop;

    /// <param name="range">What they touch; all zeroes at the beginning.</param>
    /// <param name="threads">How many touch pages here and there.</param>
    /// <param name="hotPages">How many of the first pages another thread stores to again and again, so that a store falls into each moment of an eviction.</param>
    /// <param name="processor">Where they run; null for anywhere.</param>
    internal TouchCrew(AddressRange range, int threads, int hotPages, int? processor = null)
    {
        _expected = (ulong*)NativeMemory.AllocZeroed((nuint)range.Pages * WordsPerPage, sizeof(ulong));
        _locks = (byte*)NativeMemory.AllocZeroed((nuint)range.Pages);
        _stop = (uint*)NativeMemory.AllocZeroed(sizeof(uint));
        _touches = (Touch*)NativeMemory.AllocZeroed((nuint)threads + 1, (nuint)sizeof(Touch));
        _threads = new Thread[threads + (hotPages > 0 ? 1 : 0)];
        for (int i = 0; i < _threads.Length; i++)
        {
            bool isHot = i == threads;
            _touches[i] = new Touch
            {
                Window = (nint)range.Start.Value + (isHot ? 0 : hotPages << Page.Shift),
                Pages = isHot ? (ulong)hotPages : range.Pages - (ulong)hotPages,
                Expected = _expected + (isHot ? 0 : hotPages * WordsPerPage),
                Locks = _locks,
                Stop = _stop,
                Seed = (ulong)i + 1,
                WritesIn256 = 128,
            };
            _threads[i] = Start((nint)(_touches + i), isHot, processor);
        }
    }

    /// <summary>How many words were looked at.</summary>
    internal ulong Visits => Sum(static touch => Volatile.Read(ref touch->Visits));

    /// <summary>How many of them did not hold what was stored there last.</summary>
    internal ulong Wrong => Sum(static touch => Volatile.Read(ref touch->Wrong));

    /// <summary>Lets them run until something is so, at most so long.</summary>
    internal void RunUntil(Func<bool> isDone, TimeSpan most)
    {
        long end = Environment.TickCount64 + (long)most.TotalMilliseconds;
        while (!isDone() && Environment.TickCount64 < end)
        {
            Wait(TimeSpan.FromMilliseconds(2));
        }
    }

    /// <summary>Lets time pass, in which others run.</summary>
    internal static void Wait(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time);
    }

    /// <summary>Ends them.</summary>
    internal void Stop()
    {
        Volatile.Write(ref *_stop, 1);
        Array.ForEach(_threads, static thread => thread.Join());
    }

    public void Dispose()
    {
        Stop();
        NativeMemory.Free(_expected);
        NativeMemory.Free(_locks);
        NativeMemory.Free(_stop);
        NativeMemory.Free(_touches);
    }

    private static Thread Start(nint touch, bool isHot, int? processor)
    {
        Thread thread = new(() => Run((Touch*)touch, isHot, processor)) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void Run(Touch* touch, bool isHot, int? processor)
    {
        if (processor is { } only)
        {
            FaultHandler.RunOn(only);
        }

        if (isHot)
        {
            Toucher.Hard(touch);
        }
        else
        {
            Toucher.Random(touch);
        }
    }

    private ulong Sum(TouchCount count)
    {
        ulong sum = 0;
        for (int i = 0; i < _threads.Length; i++)
        {
            sum += count(_touches + i);
        }

        return sum;
    }

    private delegate ulong TouchCount(Touch* touch);
}
