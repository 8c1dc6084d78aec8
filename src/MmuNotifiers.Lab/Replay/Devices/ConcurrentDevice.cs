using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>
/// A device that runs beside the program. What an access must find is known exactly if nothing changed meanwhile: the versions of
/// the address space and of the page are even and the same before and after. Otherwise old and new are both right, and the access
/// only makes the race.
/// </summary>
/// <remarks>
/// <code>
///   program                              device
///   version++ (odd)
///   munmap, fork, a fault ...            v = version; access; v == version and even?
///   model follows                          yes: nothing changed, the model's word is the only right one
///   version++ (even)                       no:  not compared; a store is remembered as uncertain
/// </code>
/// </remarks>
internal sealed class ConcurrentDevice(Random random, ViolationLog violations)
{
    private long _sequence;

    /// <summary>Makes one access.</summary>
    public void Access(ReplayedSpace space, AttachedSecondary secondary)
    {
        if (random.Next(8) == 0)
        {
            AccessRevoked(space, secondary);
        }
        else if (space.Targets.Used(random.Next(DeviceTargets.UsedCount)) is { } page)
        {
            AccessUsed(space, secondary, page);
        }
    }

    private void AccessRevoked(ReplayedSpace space, AttachedSecondary secondary)
    {
        int index = random.Next();
        long before = space.Version;
        ulong pageNumber = space.Targets.Revoked(index);
        if (pageNumber == 0)
        {
            return;
        }

        secondary.CountAccess(usesNewPage: false);
        VirtualAddress address = WordSlots.AddressOf(pageNumber, WordSlots.Program);
        FaultResult result = WordAccess.Load(secondary.Device, address, out _);
        bool quiet = IsEven(before) && space.Targets.Revoked(index) == pageNumber && space.Version == before;
        if (quiet)
        {
            secondary.CountCompared();
        }

        if (result == FaultResult.Success && quiet)
        {
            violations.StaleUse(space, secondary, address, "read a page that is not mapped any more");
        }
        else if (result == FaultResult.Success)
        {
            space.Raced.GetOrAdd(pageNumber, _ => new RacedPage());
        }
    }

    private void AccessUsed(ReplayedSpace space, AttachedSecondary secondary, ModelPage page)
    {
        QuietMoment moment = new(space, page);
        PagePresence state = page.State;
        if (state < PagePresence.Readable || !moment.Began)
        {
            return;
        }

        secondary.CountAccess(!page.TestAndSetUsedBy(secondary.Slot));
        if (state == PagePresence.Writable && random.Next(4) == 0)
        {
            Store(space, secondary, page, moment);
        }
        else
        {
            Load(space, secondary, page, moment);
        }
    }

    private void Load(ReplayedSpace space, AttachedSecondary secondary, ModelPage page, QuietMoment moment)
    {
        int slot = (random.Next() & 1) == 0 ? WordSlots.Program : secondary.Slot;
        PageContents contents = page.Contents;
        VirtualAddress address = WordSlots.AddressOf(page.Number, slot);
        int storesBefore = contents.ProgramVersion;
        Word expected = contents.Get(slot);
        Word uncertain = contents.GetUncertain(slot);
        FaultResult result = WordAccess.Load(secondary.Device, address, out Word found);
        bool programStored = slot == WordSlots.Program && ((storesBefore & 1) != 0 || contents.ProgramVersion != storesBefore);
        if (!moment.Lasted)
        {
            space.Raced.GetOrAdd(page.Number, _ => new RacedPage());
            return;
        }

        if (result != FaultResult.Success)
        {
            ReportRefusal(space, secondary, address, AccessRights.Read, result);
        }
        else if (!programStored && uncertain.Value != 0 && (found == uncertain || found == expected))
        {
            contents.Set(slot, found);
        }
        else if (!programStored)
        {
            secondary.CountCompared();
            DeviceJudge.Compare(violations, space, secondary, address, found, expected);
        }
    }

    private void Store(ReplayedSpace space, AttachedSecondary secondary, ModelPage page, QuietMoment moment)
    {
        int slot = secondary.Slot;
        PageContents contents = page.Contents;
        if (contents.GetUncertain(slot).Value != 0)
        {
            Load(space, secondary, page, moment);
            return;
        }

        Word word = Word.Of(WordSlots.WriterOf(slot), space.Model.Number, page.Number, ++_sequence);
        VirtualAddress address = WordSlots.AddressOf(page.Number, slot);
        contents.SetUncertain(slot, word);
        FaultResult result = WordAccess.Store(secondary.Device, address, word);
        if (!moment.Lasted)
        {
            space.Raced.GetOrAdd(page.Number, _ => new RacedPage())[slot] = word;
            return;
        }

        if (result != FaultResult.Success)
        {
            ReportRefusal(space, secondary, address, AccessRights.Write, result);
            return;
        }

        secondary.CountCompared();
        contents.Set(slot, word);
    }

    /// <summary>A page that brackets kept busy for long is no error; every other refusal is.</summary>
    private void ReportRefusal(
        ReplayedSpace space, AttachedSecondary secondary, VirtualAddress address, AccessRights access, FaultResult result)
    {
        if (result != FaultResult.WouldBlock)
        {
            violations.Refusal(space, secondary.Mmu.Name, address, access, result);
        }
    }

    private static bool IsEven(long version) => (version & 1) == 0;

    /// <summary>The versions of a space and a page before an access.</summary>
    private readonly struct QuietMoment(ReplayedSpace space, ModelPage page)
    {
        private readonly long _spaceVersion = space.Version;
        private readonly int _pageVersion = page.Version;

        /// <summary>Whether nothing was changing when it began.</summary>
        public bool Began => IsEven(_spaceVersion) && (_pageVersion & 1) == 0;

        /// <summary>Whether nothing changed since.</summary>
        public bool Lasted => space.Version == _spaceVersion && page.Version == _pageVersion;
    }
}
