using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Devices;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

internal sealed partial class ReplaySession
{
    private void Perform(ReplayedSpace space, PageFaultEvent fault)
    {
        space.Counts.Faults++;
        AccessRights access = FaultOracle.AccessOf(fault);
        ModelArea? area = space.Model.Areas.Find(fault.Address);
        ModelPage? page = space.Model.FindPage(fault.Address.PageNumber);
        bool wasReclaimed = LostFromPageCache(fault, area, page);
        WarmAround(area, fault.Address.PageNumber);
        page?.BeginChange();
        wasReclaimed |= space.Watch?.Use(fault.Address.PageNumber, access) ?? false;
        AccessResult result = Access(space, fault.Address, access);
        wasReclaimed |= space.Watch?.IsAffected(fault.Address.PageNumber) ?? false;
        if (_end.Reason is not null)
        {
            page?.EndChange();
            return;
        }

        if (_faults.Compare(space, fault, area, page, result, wasReclaimed) == FaultMismatch.None)
        {
            space.Counts.MatchedFaults++;
        }

        ModelPage? touched = Touch(space, area, fault.Address, access, result);
        page?.EndChange();
        if (touched is not null)
        {
            Complete(space, fault, touched, access);
        }

        Repeat(space, fault);
    }

    /// <summary>Accesses that an importer made up: no fault was recorded, so only contents are compared.</summary>
    private void Perform(ReplayedSpace space, TouchEvent touch)
    {
        AccessRights access = touch.Access == TouchAccess.Write ? AccessRights.Write : AccessRights.Read;
        if (touch.Pages > _mostPages || !CallRanges.Fits(touch.Address, touch.Pages << Page.Shift))
        {
            PassOverAbsurd(touch, touch.ToString);
            return;
        }

        for (ulong i = 0; i < touch.Pages; i++)
        {
            Perform(space, touch, touch.Address + (i << Page.Shift), access);
        }
    }

    /// <summary>Recorded accesses: instructions are fetched first, then the page is read, then written.</summary>
    private void Perform(ReplayedSpace space, AccessesEvent accesses)
    {
        foreach (PageAccess access in accesses.Accesses)
        {
            if (!CallRanges.Fits(access.Address, Page.SizeBytes))
            {
                PassOverAbsurd(accesses, access.ToString);
                continue;
            }

            if ((access.Kinds & PageAccessKinds.Execute) != 0)
            {
                Perform(space, accesses, access.Address, AccessRights.Execute);
            }

            if ((access.Kinds & PageAccessKinds.Read) != 0)
            {
                Perform(space, accesses, access.Address, AccessRights.Read);
            }

            if ((access.Kinds & PageAccessKinds.Write) != 0)
            {
                Perform(space, accesses, access.Address, AccessRights.Write);
            }
        }
    }

    /// <summary>An access of which no fault was recorded: it must go through, and contents are compared.</summary>
    private void Perform(ReplayedSpace space, TraceEvent item, VirtualAddress address, AccessRights access)
    {
        ModelArea? area = space.Model.Areas.Find(address);
        ModelPage? page = space.Model.FindPage(address.PageNumber);
        WarmAround(area, address.PageNumber);
        page?.BeginChange();
        ModelPage? touched = Touch(space, area, address, access, Access(space, address, access));
        page?.EndChange();
        if (touched is not null)
        {
            Complete(space, item, touched, access);
        }
    }

    /// <summary>One access of the program, timed and counted.</summary>
    private AccessResult Access(ReplayedSpace space, VirtualAddress address, AccessRights access)
    {
        long startedAt = Stopwatch.GetTimestamp();
        AccessResult result = space.Primary.Access(address, access);
        Clock(startedAt);
        if (result.Succeeded)
        {
            space.Counts.CountFault(result.Kind);
        }
        else
        {
            space.Counts.Signals++;
            bool mustSucceed = result.Result == FaultResult.OutOfMemory || space.Model.FindPage(address.PageNumber) is not null;
            _ = mustSucceed && _end.Explains(result.Result, () => $"process {space.ProcessId} ({space.Program}), {access} at {address}");
        }

        return result;
    }

    /// <summary>The model follows an access that went through.</summary>
    private static ModelPage? Touch(ReplayedSpace space, ModelArea? area, VirtualAddress address, AccessRights access, AccessResult result)
    {
        area ??= result.Succeeded ? GrowStack(space, address) : null;
        if (area is null || !result.Succeeded)
        {
            return null;
        }

        ModelPage page = space.Model.Touch(area, address.PageNumber, access);
        Reconcile(space, area, page);
        space.Targets.Offer(page);
        return page;
    }

    /// <summary>The access was made possible: the instruction runs again, without a fault, and its word is stored or compared.</summary>
    private void Complete(ReplayedSpace space, TraceEvent item, ModelPage page, AccessRights access)
    {
        ExpectNoFault(space, item, VirtualAddress.OfPage(page.Number), access);
        if ((access & AccessRights.Write) != 0)
        {
            Store(space, page);
        }
        else
        {
            Load(space, page);
        }
    }

    /// <summary>The program uses one of its pages again, as the recorded program did without a fault.</summary>
    private void Repeat(ReplayedSpace space, TraceEvent item)
    {
        if (space.Model.PageCount == 0)
        {
            return;
        }

        ModelPage page = space.Model.PageAt(_random.Next(space.Model.PageCount));
        if (page.State < PagePresence.Readable)
        {
            return;
        }

        bool store = page.State == PagePresence.Writable && (_random.Next() & 1) == 0;
        ExpectNoFault(space, item, VirtualAddress.OfPage(page.Number), store ? AccessRights.Write : AccessRights.Read);
        if (store)
        {
            Store(space, page);
        }
        else
        {
            Load(space, page);
        }
    }

    private void ExpectNoFault(ReplayedSpace space, TraceEvent item, VirtualAddress address, AccessRights access)
    {
        space.Counts.Hits++;
        bool wasReclaimed = space.Watch?.Use(address.PageNumber, access) ?? false;
        AccessResult result = space.Primary.Access(address, access);
        wasReclaimed |= space.Watch?.IsAffected(address.PageNumber) ?? false;
        bool faultedHereOnly = result.Succeeded
            ? result.Kind != FaultKind.None && !wasReclaimed
            : !_end.Explains(result.Result, () => $"process {space.ProcessId} ({space.Program}), {access} at {address}");
        if (faultedHereOnly)
        {
            space.Counts.UnexpectedFaults++;
            _faults.Unexpected(item, address, access, result);
        }
    }

    private void Store(ReplayedSpace space, ModelPage page)
    {
        Word word = Word.Of(WordSlots.WriterOf(WordSlots.Program), space.Model.Number, page.Number, ++_sequence);
        VirtualAddress address = WordSlots.AddressOf(page.Number, WordSlots.Program);
        PageContents contents = page.Contents;
        contents.BeginStore();
        FaultResult result = WordAccess.Store(space.Primary, address, word);
        if (result == FaultResult.Success && ComparesWholePages)
        {
            result = StoreBody(space, page, word);
        }

        contents.EndStore(word);
        if (result != FaultResult.Success)
        {
            _violations.Refusal(space, "the program", address, AccessRights.Write, result);
        }
    }

    private void Load(ReplayedSpace space, ModelPage page)
    {
        if (ComparesWholePages)
        {
            LoadWhole(space, page, _devices.IsConcurrent ? SlotsCompared.Program : SlotsCompared.All);
            return;
        }

        int slot = _devices.IsConcurrent ? WordSlots.Program : _random.Next(WordSlots.Count);
        VirtualAddress address = WordSlots.AddressOf(page.Number, slot);
        Word expected = page.Contents.Get(slot);
        FaultResult result = WordAccess.Load(space.Primary, address, out Word found);
        if (result != FaultResult.Success)
        {
            _violations.Refusal(space, "the program", address, AccessRights.Read, result);
        }
        else if (found != expected)
        {
            _violations.Mismatch(space, address, found, expected);
        }
    }

    /// <summary>What devices stored while the page was changing may be in it.</summary>
    private static void Reconcile(ReplayedSpace space, ModelArea area, ModelPage page)
    {
        if (space.Raced.IsEmpty || !space.Raced.TryGetValue(page.Number, out RacedPage? raced))
        {
            return;
        }

        for (int slot = WordSlots.Program + 1; slot < WordSlots.Count; slot++)
        {
            if (raced[slot].Value == 0)
            {
                continue;
            }

            if (area.Kind == ModelAreaKind.PrivateObject && !page.IsPrivateCopy)
            {
                page.Contents = page.Contents.Copy();
                page.IsPrivateCopy = true;
            }

            page.Contents.SetUncertain(slot, raced[slot]);
            raced[slot] = default;
        }
    }

    /// <summary>
    /// Whether fault-around had mapped the page where the recording was made and could not here, because reclaim had taken it from the page cache
    /// before anybody mapped it.
    /// </summary>
    private bool LostFromPageCache(PageFaultEvent fault, ModelArea? area, ModelPage? page) =>
        _memory.Reclaim is not null
        && fault.WasPresent
        && page is null
        && area?.Backing is { } backing
        && backing.WasWarm(area.ObjectPageOf(fault.Address.PageNumber));

    /// <summary>The recordings were made with a warm page cache: what fault-around looks at is there.</summary>
    private void WarmAround(ModelArea? area, ulong pageNumber)
    {
        if (area?.Backing is not { } backing)
        {
            return;
        }

        ulong around = (ulong)_faultAroundPages - 1;
        VirtualAddress first = VirtualAddress.OfPage(pageNumber - Math.Min(pageNumber, around));
        AddressRange window = new AddressRange(first, VirtualAddress.OfPage(pageNumber + around + 1)).Intersect(area.Range);
        backing.Warm(area.ObjectPageOf(window.Start.PageNumber), window.Pages);
    }

    /// <summary>An access below a stack went through: the stack reaches down to it now.</summary>
    private static ModelArea? GrowStack(ReplayedSpace space, VirtualAddress address)
    {
        ModelArea? stack = space.Model.Areas.FindAbove(address);
        if (stack is null || (stack.Traits & ModelAreaTraits.GrowsDown) == 0)
        {
            return null;
        }

        ModelArea grown = stack with { Range = new AddressRange(address.AlignDown(), stack.Range.End) };
        space.Model.Areas.Put(grown);
        space.Targets.Restore(grown.Range);
        return grown;
    }
}
