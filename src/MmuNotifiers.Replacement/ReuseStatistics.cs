using System.Numerics;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Replacement;

/// <summary>
/// How long pages stayed unused until they were used again, as it was seen: for pages of each class of intervals, how many waits ended at which age and how
/// many began. From that follows how long a page that has been unused for so long will probably stay so.
/// </summary>
/// <remarks>
/// <code>
///   class              0: one use is known; then half an octave of intervals each, the shortest for intervals of up to one walk
///   ended[class, age]  waits of pages of the class that ended when the page had been unused for so many walks
///   begun[class]       waits that began
///   wait[class, age]   mean of what is left, at most a turnover, of those that had not ended at that age
/// </code>
/// Waits of pages that went and came back count like those of pages that stayed. Old counts fade, by half in 0.7 turnovers. The idea is that of hit density
/// (Beckmann, Chen, Cidon, NSDI 2018), with waits instead of hits. A class of which nothing is known is taken to wait longest.
///
/// Uses that are noted by threads that do not walk go through a ring, and what is overwritten before it was read is lost: these are hints. All else is for
/// the one who walks. Under the race checker nothing is noted: which page goes changes nothing in what must hold, and each note is a step more to try in every order.
/// </remarks>
internal sealed class ReuseStatistics
{
    /// <summary>How many ages are told apart, a walk each: four turnovers.</summary>
    private const int Ages = 4 * ReplacementPolicy.WalksInTurnover;

    /// <summary>How many classes of intervals there are.</summary>
    private const int Classes = 20;

    /// <summary>How far is looked ahead, in walks.</summary>
    private const int Horizon = ReplacementPolicy.WalksInTurnover;

    /// <summary>How fast old counts fade, for each turnover.</summary>
    private const double Fading = 1;

    /// <summary>Waits are not worked out anew before so many pages came.</summary>
    private const long LeastPagesBetween = 32;

    /// <summary>The score of a page that will stay unused for a turnover or longer. Below are ages, which decide between equals.</summary>
    private const uint LongestWait = 1 << 26;
    private const uint LongestAge = (1 << 16) - 1;

    private readonly long _frames;
    private readonly uint _ticksPerWalk;
    private readonly double[] _ended = new double[Classes * (Ages + 1)];
    private readonly double[] _begun = new double[Classes];

    /// <summary>How long a page of a class and an age will stay unused, up to <see cref="LongestWait"/>.</summary>
    private readonly uint[] _waits = new uint[Classes * (Ages + 1)];

    /// <summary>Uses that were noted since the waits were worked out: class before, age and class after; 0 for none.</summary>
    private readonly uint[] _noted;

    /// <summary>How many were noted ever.</summary>
    private long _notes;

    private long _notesTaken;
    private long _pagesTaken = 1;

    internal ReuseStatistics(long frames)
    {
        _frames = frames;
        _ticksPerWalk = (uint)Math.Min(ReplacementPolicy.PagesPerWalk(frames) * ReplacementPolicy.TicksPerPage, 1 << 28);
        _noted = new uint[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(frames / 16, 64, 1 << 20))];
        Array.Fill(_waits, LongestWait);
    }

    /// <summary>A page was used. From any thread, without a lock.</summary>
    /// <param name="interval">Its interval so far; 0 if one use was known.</param>
    /// <param name="pause">For how many ticks it had been unused.</param>
    /// <param name="next">Its interval from now on.</param>
    internal void Note(uint interval, uint pause, uint next)
    {
        if (Shared.Controlled)
        {
            return;
        }

        long at = Shared.Add(ref _notes, 1, this) - 1;
        Shared.Write(ref _noted[at & (_noted.Length - 1)], Pack(interval, pause, next), step: "use of a page");
    }

    /// <summary>As <see cref="Note"/>, by the one who walks.</summary>
    internal void NoteInWalk(uint interval, uint pause, uint next) => Count(Pack(interval, pause, next));

    /// <summary>A walk has ended.</summary>
    /// <param name="pages">How many pages came ever.</param>
    internal void EndWalk(long pages)
    {
        long came = pages - _pagesTaken;
        if (came < Math.Min(LeastPagesBetween, _frames))
        {
            return;
        }

        _pagesTaken = pages;
        long notes = Shared.Read(in _notes, this);
        long first = Math.Max(_notesTaken, notes - _noted.Length);
        long returns = 0;
        for (long at = first; at < notes; at++)
        {
            uint note = Shared.Read(in _noted[at & (_noted.Length - 1)], step: "use of a page");
            returns += note == 0 ? 0 : 1;
            Count(note);
        }

        _notesTaken = notes;
        _begun[0] += Math.Max(came - returns, 0);
        WorkOut(Math.Exp(-Fading * came / _frames));
    }

    /// <summary>How fit a page is to go: the longer it will stay unused the fitter.</summary>
    /// <param name="age">For how many ticks it has been unused.</param>
    /// <param name="interval">Its interval.</param>
    internal uint Score(uint age, uint interval) =>
        _waits[IndexOf(ClassOf(interval), age)] + Math.Min(age / ReplacementPolicy.TicksPerPage, LongestAge);

    /// <summary>Forgets everything.</summary>
    internal void Reset()
    {
        Array.Clear(_ended);
        Array.Clear(_begun);
        Array.Clear(_noted);
        Array.Fill(_waits, LongestWait);
        _notes = _notesTaken = 0;
        _pagesTaken = 1;
    }

    private uint Pack(uint interval, uint pause, uint next) =>
        1 | ((uint)ClassOf(interval) << 1) | ((uint)ClassOf(next) << 6) | (Math.Min(pause / _ticksPerWalk, Ages) << 11);

    private void Count(uint note)
    {
        if (note != 0)
        {
            int before = (int)(note >> 1) & 31;
            _ended[(before * (Ages + 1)) + (int)(note >> 11)]++;
            _begun[(int)(note >> 6) & 31]++;
        }
    }

    private int IndexOf(int group, uint age) => (group * (Ages + 1)) + (int)Math.Min(age / _ticksPerWalk, Ages);

    /// <summary>The class of an interval: the logarithm of its length in walks, to the half, rounded.</summary>
    private int ClassOf(uint interval)
    {
        // In sixteenths of a walk; 181 / 128 is the root of two, which rounds instead of cutting off; 2 * 4 bits are those of the sixteenths.
        ulong parts = Math.Max(interval * 16UL / _ticksPerWalk, 16);
        return interval == 0 ? 0 : Math.Min(BitOperations.Log2(parts * parts * 181 >> 7) - 7, Classes - 1);
    }

    private void WorkOut(double fading)
    {
        Span<double> waiting = stackalloc double[Ages + Horizon + 2];
        for (int group = 0; group < Classes; group++)
        {
            Span<double> ended = _ended.AsSpan(group * (Ages + 1), Ages + 1);
            waiting[0] = _begun[group];
            for (int age = 0; age <= Ages; age++)
            {
                waiting[age + 1] = Math.Max(waiting[age] - ended[age], 0);
                ended[age] *= fading;
            }

            waiting[(Ages + 2)..].Fill(waiting[Ages + 1]);
            _begun[group] *= fading;
            double left = 0;
            for (int later = 1; later <= Horizon; later++)
            {
                left += waiting[later];
            }

            for (int age = 0; age <= Ages; age++)
            {
                _waits[(group * (Ages + 1)) + age] = waiting[age] < 1e-9 ? LongestWait : (uint)(Math.Clamp(left / waiting[age] / Horizon, 0, 1) * LongestWait);
                left += waiting[Math.Min(age + 1 + Horizon, waiting.Length - 1)] - waiting[age + 1];
            }
        }
    }
}
