using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

internal sealed partial class ReplaySession
{
    private void Perform(ReplayedSpace space, AdviseCall call)
    {
        bool asksForReclaim = call.Advice is LinuxAdvice.PageOut or LinuxAdvice.Cold;
        bool isWithoutEffect = call.Advice == LinuxAdvice.Collapse || (asksForReclaim && _memory.Reclaim is null);
        if (isWithoutEffect || (call.Failed && call.Errno != (int)Errno.ENOMEM))
        {
            _skipped.Add(
                "AdviceWithoutEffect", "The advice was refused, or asks for huge pages, or for reclaim where nothing is reclaimed.", call, () => call.Advice.ToString());
            return;
        }

        long startedAt = Stopwatch.GetTimestamp();
        Errno error = space.Primary.Advise(call.Address, call.LengthBytes, (Advice)call.Advice);
        Clock(startedAt);
        Compare(space, call, (int)error == call.Errno, error.ToString);
        AddressRange range = RoundedRange(call.Address, call.LengthBytes);
        if (error is not Errno.None and not Errno.ENOMEM)
        {
            range = call.Address.IsPageAligned ? AcceptedPrefix(space, range, call.Advice) : default;
        }

        switch (call.Advice)
        {
            case LinuxAdvice.DontNeed or LinuxAdvice.DontNeedLocked:
                space.Model.Drop(range);
                break;
            case LinuxAdvice.GuardInstall:
                Revoke(space, range);
                space.Model.Drop(range);
                Mark(space, range, ModelAreaTraits.Guard, ModelAreaTraits.None);
                break;
            case LinuxAdvice.GuardRemove:
                Mark(space, range, ModelAreaTraits.None, ModelAreaTraits.Guard);
                space.Targets.Restore(range);
                break;
            case LinuxAdvice.DontFork:
                Mark(space, range, ModelAreaTraits.DontFork, ModelAreaTraits.None);
                break;
            case LinuxAdvice.DoFork:
                Mark(space, range, ModelAreaTraits.None, ModelAreaTraits.DontFork);
                break;
            case LinuxAdvice.WipeOnFork:
                Mark(space, range, ModelAreaTraits.WipeOnFork, ModelAreaTraits.None);
                break;
            case LinuxAdvice.KeepOnFork:
                Mark(space, range, ModelAreaTraits.None, ModelAreaTraits.WipeOnFork);
                break;
            case LinuxAdvice.PopulateRead or LinuxAdvice.PopulateWrite:
                AccessRights access = call.Advice == LinuxAdvice.PopulateWrite ? AccessRights.Write : AccessRights.Read;
                PopulateInModel(space, MappedPrefix(space, range), access);
                break;
            case LinuxAdvice.Remove:
                Punch(space, range);
                break;
        }
    }

    private void PerformLock(ReplayedSpace space, SystemCallEvent call)
    {
        const uint OnFault = 1;
        const uint Current = 1;
        const uint Future = 2;
        const uint LockOnFault = 4;
        long startedAt = Stopwatch.GetTimestamp();
        switch (call)
        {
            case LockCall { Flags: OnFault }:
                break;
            case LockCall one:
                Errno error = space.Primary.Lock(one.Address, one.LengthBytes);
                Clock(startedAt);
                Compare(space, call, error == Errno.None, error.ToString);
                AddressRange locked = MappedPrefix(space, RoundedRange(one.Address, one.LengthBytes));
                if (error == Errno.None)
                {
                    LockInModel(space, locked);
                }
                else if (error == Errno.ENOMEM)
                {
                    Mark(space, locked, ModelAreaTraits.Locked, ModelAreaTraits.None);
                }

                break;
            case UnlockCall one:
                space.Primary.Unlock(one.Address, one.LengthBytes);
                Clock(startedAt);
                Mark(space, RoundedRange(one.Address, one.LengthBytes), ModelAreaTraits.None, ModelAreaTraits.Locked);
                break;
            case LockAllCall all when (all.Flags & LockOnFault) == 0:
                LockAll(space, all, (LockAllScope)(all.Flags & (Current | Future)));
                break;
            case UnlockAllCall:
                space.Primary.UnlockAll();
                Clock(startedAt);
                Mark(space, Everything, ModelAreaTraits.None, ModelAreaTraits.Locked);
                space.LocksFuture = false;
                break;
        }
    }

    private void LockAll(ReplayedSpace space, LockAllCall call, LockAllScope scope)
    {
        if (space.Model.Areas.All.Aggregate(0UL, (sum, area) => sum + area.Range.Pages) > _mostPages)
        {
            PassOverAbsurd(call, () => "mlockall of all areas");
            return;
        }

        long startedAt = Stopwatch.GetTimestamp();
        Errno error = space.Primary.LockAll(scope);
        Clock(startedAt);
        Compare(space, call, error == Errno.None, error.ToString);
        if (error == Errno.None)
        {
            space.LocksFuture = (scope & LockAllScope.Future) != 0;
            LockInModel(space, (scope & LockAllScope.Current) != 0 ? Everything : default);
        }
    }

    /// <summary>Brings an area's pages in, as MAP_POPULATE and execve do: private pages that may be stored to are made at once.</summary>
    private void Populate(ReplayedSpace space, ModelArea area)
    {
        if (!area.IsReadable)
        {
            return;
        }

        AccessRights access = PopulatingAccess(area);
        for (ulong number = area.Range.Start.PageNumber; number < area.Range.End.PageNumber; number++)
        {
            WarmAround(area, number);
            long startedAt = Stopwatch.GetTimestamp();
            AccessResult result = space.Primary.Access(VirtualAddress.OfPage(number), access);
            Clock(startedAt);
            if (!result.Succeeded)
            {
                _end.Explains(result.Result, () => $"process {space.ProcessId} ({space.Program}), page {VirtualAddress.OfPage(number)} of {area.Range}");
                return;
            }

            space.Model.Touch(area, number, access);
        }
    }

    private static AddressRange Everything => new(VirtualAddress.Zero, new VirtualAddress(1UL << 47));

    private static void LockInModel(ReplayedSpace space, AddressRange range)
    {
        Mark(space, range, ModelAreaTraits.Locked, ModelAreaTraits.None);
        foreach (ModelArea area in space.Model.Areas.In(range))
        {
            if (area.IsReadable)
            {
                PopulateInModel(space, area.Range, PopulatingAccess(area));
            }
        }
    }

    private static void PopulateInModel(ReplayedSpace space, AddressRange range, AccessRights access)
    {
        foreach (ModelArea area in space.Model.Areas.In(range))
        {
            for (ulong number = area.Range.Start.PageNumber; area.Allows(access) && number < area.Range.End.PageNumber; number++)
            {
                space.Model.Touch(area, number, access);
            }
        }
    }

    /// <summary>What an advice had taken effect on before it came to an area that it is refused for.</summary>
    private static AddressRange AcceptedPrefix(ReplayedSpace space, AddressRange range, LinuxAdvice advice)
    {
        ModelArea? refused = space.Model.Areas.In(range).Find(area =>
        {
            bool isLocked = (area.Traits & ModelAreaTraits.Locked) != 0;
            return advice switch
            {
                LinuxAdvice.DontNeed or LinuxAdvice.GuardInstall => isLocked,
                LinuxAdvice.Remove => isLocked || area.Kind != ModelAreaKind.SharedObject,
                LinuxAdvice.WipeOnFork => area.Kind != ModelAreaKind.Anonymous,
                _ => false,
            };
        });
        return refused is null ? default : new AddressRange(range.Start, refused.Range.Start);
    }

    private static AccessRights PopulatingAccess(ModelArea area) =>
        area.IsWritable && area.Kind != ModelAreaKind.SharedObject ? AccessRights.Write : AccessRights.Read;

    private static void Mark(ReplayedSpace space, AddressRange range, ModelAreaTraits set, ModelAreaTraits clear) =>
        space.Model.Areas.Change(range, area => area with { Traits = (area.Traits | set) & ~clear });

    /// <summary>A hole was punched into the objects behind a range: everyone who maps it loses the page.</summary>
    private void Punch(ReplayedSpace space, AddressRange range)
    {
        foreach (ModelArea hole in space.Model.Areas.In(range))
        {
            for (ulong i = 0; hole.Backing is not null && i < hole.Range.Pages; i++)
            {
                hole.Backing.Punch(hole.PageOffset + i);
            }

            foreach (ReplayedSpace other in _processes.Values.Select(process => process.Space).Distinct())
            {
                DropPunched(other, hole);
            }
        }
    }

    private static void DropPunched(ReplayedSpace space, ModelArea hole)
    {
        foreach (ModelArea area in space.Model.Areas.All.Where(area => area.Backing is not null && area.Backing == hole.Backing).ToArray())
        {
            foreach (ModelPage page in space.Model.PagesIn(area.Range))
            {
                ulong index = area.ObjectPageOf(page.Number);
                if (!page.IsPrivateCopy && index >= hole.PageOffset && index < hole.PageOffset + hole.Range.Pages)
                {
                    space.Model.Drop(AddressRange.OfPage(VirtualAddress.OfPage(page.Number)));
                }
            }
        }
    }
}
