using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary;

/// <summary>The miss path: answer a shootdown, or ask the primary and install.</summary>
public sealed unsafe partial class SoftwareTlb : IMirrorTarget
{
    // Written by the CPU's own thread; another thread may read an older value.
    private long _faults;
    private long _failedFaults;
    private long _retries;

    /// <summary>
    /// Does what a look-up that missed asks for: answers a shootdown that wants the CPU, and if the page is not translated for
    /// the access asks the primary. May block; the caller is inside no section.
    /// </summary>
    /// <param name="address">The address that missed.</param>
    /// <param name="access">What is to be done there.</param>
    /// <returns>Success when a repeated look-up is worth while; otherwise see <see cref="ISecondaryDevice.Read"/>.</returns>
    public FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        if (TryAnswerShootdown() && IsTranslated(address, access))
        {
            return FaultResult.Success;
        }

        _faults++;
        Span<Translation> translation = stackalloc Translation[1];
        MirrorResult result = _domain.Loop.Fault(this, AddressRange.OfPage(address), access, translation);
        _retries += result.Retries;
        _failedFaults += result.Result == FaultResult.Success ? 0 : 1;
        return result.Result;
    }

    bool IMirrorTarget.TryReadBegin(AddressRange range, out ulong sequence)
    {
        _domain.Brackets.AwaitUncovered(range);
        sequence = _domain.Brackets.Sample();
        return !_domain.IsReleased;
    }

    /// <remarks>
    /// Without a lock, since only this CPU uses its entries:
    /// <code>
    ///   this CPU                    invalidator
    ///   note the region             count the bracket
    ///   write the entry             fence
    ///   fence                       region noted? clear the tags
    ///   bracket? clear the entry
    /// </code>
    /// One of the two sees the other: the entry is gone before the CPU can use it.
    /// </remarks>
    bool IMirrorTarget.TryInstall(
        AddressRange range, ReadOnlySpan<Translation> translations, AccessRights access, ulong sequence)
    {
        // Store rights beyond the access would not be backed by a dirty pte.
        AccessRights rights = (access & AccessRights.Write) != 0
            ? translations[0].Rights
            : translations[0].Rights & ~AccessRights.Write;

        // SAFETY: the header and the entry lie in _memory.
        ulong generation = Shared.Read(in _header->Generation, step: "Generation");
        TlbEntry* entry = EntryOf(range.Start.PageNumber);
        Note(range.Start, entry, generation);
        entry->Addend = _domain.FrameAddress(translations[0].Frame) - (nint)range.Start.Value;
        Shared.Write(ref entry->Tag, TlbEntry.Of(range.Start, generation, rights), step: "Tag");
        Shared.Fence();
        if (!_domain.Brackets.MustRetry(range, sequence))
        {
            return true;
        }

        _filled -= Shared.Read(in entry->Tag, step: "Tag") != 0 ? 1 : 0;
        Shared.Write(ref entry->Tag, 0UL, step: "Tag");
        return false;
    }

    /// <summary>Entered with the section already odd: fences, and now and then tries to get rid of the need for it.</summary>
    private void FenceOnEntry()
    {
        // SAFETY: the header lies in _memory.
        if (_header->Sections.CountFenced())
        {
            _header->Sections.Exit();
            _domain.TryStopFencing(this);
            _header->Sections.Enter();
        }

        Shared.Fence();
    }

    private bool IsTranslated(VirtualAddress address, AccessRights access)
    {
        using TlbSection section = Enter();
        return section.TryTranslate(address, 1, access, out _);
    }

    private TlbEntry* EntryOf(ulong pageNumber) => (TlbEntry*)((byte*)(_header + 1) + ((pageNumber << 4) & _indexMask));
}
