using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>
/// One device thread's mark that it is inside a section of accesses, and how an invalidator sees it without a fence on the
/// device's side. Lies in pinned memory, on cache lines that no other thread writes often.
/// </summary>
/// <remarks>
/// The asymmetric fence:
/// <code>
///   device                              invalidator
///   Section = odd      (plain store)    drop translations
///   use a translation                   process-wide barrier
///   Section = even                      Section even? nobody uses one. odd? wait until it changes
/// </code>
/// Where the barrier falls between the device's store and its use, the store is visible; where it falls before, the use sees that
/// the translation is gone. The barrier costs microseconds, so a device that an invalidator once paid it for fences on entry for
/// a while (<see cref="MustFence"/>), and an ordinary fence of the invalidator's is enough meanwhile.
/// </remarks>
internal struct SectionWords
{
    /// <summary>Words of neighbours are this far apart: two cache lines, since the hardware fetches lines in pairs.</summary>
    internal const int SpacingBytes = 128;

    /// <summary>For how many sections a device fences before it tries to do without: what one process-wide barrier costs.</summary>
    private const int SectionsBeforeUnfenced = 512;

    /// <summary>Odd while the device is inside a section. Written by the device's thread only.</summary>
    private ulong _section;

    /// <summary>1 while the device must fence on entry. Written under the lock of whoever invalidates.</summary>
    private int _mustFence;

    /// <summary>Sections entered with a fence since it became necessary. Of the device's thread.</summary>
    private int _fencedSections;

    /// <summary>Whether the device is inside a section.</summary>
    internal readonly bool IsInside => (Shared.Read(in _section) & 1) != 0;

    /// <summary>Whether the device must fence on entry.</summary>
    internal readonly bool MustFence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Shared.Read(in _mustFence) != 0;
    }

    /// <summary>Enters a section. By the device's thread; the caller fences behind it if <see cref="MustFence"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter() => Shared.Write(ref _section, _section + 1);

    /// <summary>Leaves the section. By the device's thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => Shared.Write(ref _section, _section + 1);

    /// <summary>Counts a section that was entered with a fence. By the device's thread.</summary>
    /// <returns>Whether it is time to try to do without.</returns>
    internal bool CountFenced()
    {
        _fencedSections = (_fencedSections + 1) % SectionsBeforeUnfenced;
        return _fencedSections == 0;
    }

    /// <summary>Has the device fence on entry from now on. Under the invalidator's lock; holds behind a process-wide barrier.</summary>
    internal void StartFencing() => Shared.Write(ref _mustFence, 1);

    /// <summary>
    /// Lets the device enter without a fence again. Under the invalidator's lock, by the device's thread, outside of a section.
    /// </summary>
    internal void StopFencing() => Shared.Write(ref _mustFence, 0);

    /// <summary>
    /// Waits until the device has left the section that it is in, if any. Behind the barrier or fence that makes the section
    /// visible. A section that begins meanwhile is not waited for.
    /// </summary>
    internal readonly void WaitUntilOutside()
    {
        ulong section = Shared.Read(in _section);
        SharedSpin spin = default;
        while ((section & 1) != 0 && Shared.Read(in _section) == section)
        {
            spin.Once();
        }
    }
}
