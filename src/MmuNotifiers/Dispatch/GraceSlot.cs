using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers;

/// <summary>
/// One thread's mark in one <see cref="GracePeriod"/>. Only its thread writes it, with plain stores; who waits reads it after a
/// process-wide barrier. On cache lines of its own.
/// </summary>
/// <remarks>
/// State of <see cref="_word"/>: the low 16 bits are the nesting depth, the bits above count the outermost sections that ended.
/// <code>
///   event                  depth     sections
///   outermost enter        0 -> 1    same
///   nested enter, exit     +1, -1    same
///   outermost exit         1 -> 0    +1
/// </code>
/// A section that was seen open has ended as soon as the count of sections has changed, whatever the thread began since.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal sealed class GraceSlot
{
    private const int DepthBits = 16;
    private const long DepthMask = (1L << DepthBits) - 1;

    [FieldOffset(0)]
    private readonly GracePeriod _owner;

    /// <summary>What the open brackets of the thread remember, by depth. Used by the owning thread only.</summary>
    [FieldOffset(8)]
    private BracketFrame[] _frames = [];

    /// <summary>Depth and sections. Written by the owning thread.</summary>
    [FieldOffset(128)]
    private long _word;

    /// <summary>The lowest address that the open sections name; above <see cref="_last"/> when they name none. Written by the owning thread.</summary>
    [FieldOffset(136)]
    private ulong _first;

    /// <summary>The highest address that the open sections name. Written by the owning thread.</summary>
    [FieldOffset(144)]
    private ulong _last;

    /// <summary>How many threads sleep until the section ends. Written under the monitor of the owner.</summary>
    [FieldOffset(152)]
    private int _waiters;

    internal GraceSlot(GracePeriod owner) => _owner = owner;

    /// <summary>How many sections are open. Exact on the owning thread.</summary>
    internal int Depth => (int)(_word & DepthMask);

    /// <summary>The guarded-by word as a sampler sees it.</summary>
    internal long Sample() => Shared.Read(in _word, this);

    /// <summary>Whether a sampled word shows an open section.</summary>
    internal static bool IsOpen(long sample) => (sample & DepthMask) != 0;

    /// <summary>Whether the outermost section that was sampled as open has ended.</summary>
    internal bool HasEnded(long sample) => Shared.Read(in _word, this) >> DepthBits != sample >> DepthBits;

    /// <summary>
    /// Whether the section that was sampled as open names an address of the range. May answer yes for addresses between two that
    /// nested sections name; answers no for a section that has ended meanwhile.
    /// </summary>
    internal bool Overlaps(long sample, ulong first, ulong last)
    {
        bool overlaps = Shared.Read(in _first, this) <= last && first <= Shared.Read(in _last, this);
        return overlaps && !HasEnded(sample);
    }

    /// <summary>Opens a section that names the addresses from <paramref name="first"/> to <paramref name="last"/>. Owning thread only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(ulong first, ulong last)
    {
        if (Depth == 0)
        {
            Shared.Write(ref _first, first, this);
            Shared.Write(ref _last, last, this);
        }
        else
        {
            Widen(first, last);
        }

        // Pairs with the process-wide barrier of the waiter: either it sees this mark, or what this thread reads from here on
        // is what the waiter has published.
        Shared.Write(ref _word, _word + 1, this);
    }

    /// <summary>Closes a section. Owning thread only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit()
    {
        long word = _word;
        if ((word & DepthMask) != 1)
        {
            Shared.Write(ref _word, word - 1, this);
            return;
        }

        // Pairs with the barrier in WaitUntilEnded: either the waiter sees that the section has ended, or this sees the waiter.
        Shared.Write(ref _word, word - 1 + (1L << DepthBits), this);
        if (Shared.Read(in _waiters, this) != 0)
        {
            _owner.Wake();
        }
    }

    /// <summary>The frame of the innermost open section. Owning thread only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal BracketFrame InnermostFrame(NotifierSubscriptions subscriptions)
    {
        BracketFrame[] frames = _frames;
        int index = Depth - 1;
        return (uint)index < (uint)frames.Length ? frames[index] : AddFrames(subscriptions);
    }

    /// <summary>Counts a sleeping waiter in or out. The monitor of the owner is held.</summary>
    internal void AddWaiterLocked(int count) => Shared.Write(ref _waiters, _waiters + count, this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BracketFrame AddFrames(NotifierSubscriptions subscriptions)
    {
        int depth = Depth;
        while (_frames.Length < depth)
        {
            _frames = [.. _frames, new BracketFrame(subscriptions)];
        }

        return _frames[depth - 1];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Widen(ulong first, ulong last)
    {
        if (first < _first)
        {
            Shared.Write(ref _first, first, this);
        }

        if (last > _last)
        {
            Shared.Write(ref _last, last, this);
        }
    }
}
