using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

internal sealed partial class ReplaySession
{
    private void Perform(ReplayedSpace space, SystemCallEvent call)
    {
        space.Counts.SystemCalls++;
        if (!CallRanges.Fit(call) || CallRanges.PagesVisited(call) > _mostPages)
        {
            PassOverAbsurd(call, call.ToString);
            return;
        }

        using ReplayedSpace.ChangeScope change = space.BeginChange();
        switch (call)
        {
            case ProtectCall protect:
                Perform(space, protect);
                break;
            case AdviseCall advise:
                Perform(space, advise);
                break;
            case BreakCall move:
                Perform(space, move);
                break;
            case { Failed: true }:
                string refusal = $"{Name(call)}: errno {call.Errno}";
                _skipped.Add("RefusedCall", "The kernel refused the call, so it changed nothing.", call, () => refusal);
                break;
            case MapCall map:
                Perform(space, map);
                break;
            case UnmapCall unmap:
                Unmap(space, unmap, RoundedRange(unmap.Address, unmap.LengthBytes));
                break;
            case RemapCall remap:
                Perform(space, remap);
                break;
            case AttachSharedCall attach:
                Perform(space, attach);
                break;
            case DetachSharedCall detach:
                Perform(space, detach);
                break;
            case SyncCall sync:
                Perform(space, sync);
                break;
            case LockCall or UnlockCall or LockAllCall or UnlockAllCall:
                PerformLock(space, call);
                break;
            case RemapFilePagesCall remap:
                Perform(space, remap);
                break;
            default:
                _skipped.Add("UnknownTarget", "The recording does not hold the ranges of the call.", call, () => Name(call));
                break;
        }
    }

    private void Perform(ReplayedSpace space, MapCall call)
    {
        bool isShared = (call.Flags & LinuxMapFlags.Shared) != 0;
        bool isAnonymous = (call.Flags & LinuxMapFlags.Anonymous) != 0 || (!isShared && IsDevZero(call.FileId));
        AddressRange range = RoundedRange(new VirtualAddress((ulong)call.Result), call.LengthBytes);
        Files.Backing? backing = isAnonymous && !isShared ? null
            : call.FileId != 0 && !(isAnonymous && IsDevZero(call.FileId)) ? BackingOf(call.FileId)
            : NewSharedMemory("anonymous", range.LengthBytes);
        ModelAreaKind kind = KindOf(backing, isShared);
        ModelAreaTraits traits = ((call.Flags & LinuxMapFlags.GrowsDown) != 0 ? ModelAreaTraits.GrowsDown : ModelAreaTraits.None)
            | ((call.Flags & LinuxMapFlags.Locked) != 0 || space.LocksFuture ? ModelAreaTraits.Locked : ModelAreaTraits.None);
        ModelArea area = new(range, RightsOf(call.Protection), kind, backing, isAnonymous ? 0 : call.OffsetBytes >> Page.Shift, traits);
        Map(space, call, area);
        LetGoIfNameless(backing);
        bool populate = (call.Flags & (LinuxMapFlags.Populate | LinuxMapFlags.NonBlock)) == LinuxMapFlags.Populate;
        if (populate || (traits & ModelAreaTraits.Locked) != 0)
        {
            Populate(space, area);
        }
    }

    private void Perform(ReplayedSpace space, AttachSharedCall call)
    {
        const uint ReadOnly = 0x1000;
        const uint Execute = 0x8000;
        Files.Backing backing = call.FileId != 0 ? BackingOf(call.FileId) : NewSharedMemory("System V", call.LengthBytes);
        AccessRights rights = ((call.Flags & ReadOnly) != 0 ? AccessRights.Read : AccessRights.ReadWrite)
            | ((call.Flags & Execute) != 0 ? AccessRights.Execute : AccessRights.None);
        AddressRange range = RoundedRange(new VirtualAddress((ulong)call.Result), call.LengthBytes);
        Map(space, call, new ModelArea(range, rights, ModelAreaKind.SharedObject, backing, 0, ModelAreaTraits.None));
        LetGoIfNameless(backing);
    }

    /// <summary>Unmaps what shmat mapped: the areas from the address on that show the same segment.</summary>
    private void Perform(ReplayedSpace space, DetachSharedCall call)
    {
        Files.Backing? segment = space.Model.Areas.Find(call.Address)?.Backing;
        VirtualAddress end = call.Address;
        while (segment is not null && space.Model.Areas.Find(end) is { } area && area.Backing == segment)
        {
            end = area.Range.End;
        }

        Unmap(space, call, new AddressRange(call.Address, end));
    }

    private void Perform(ReplayedSpace space, BreakCall call)
    {
        VirtualAddress asked = new((ulong)call.Result);
        if (space.HeapEnd is not { } end)
        {
            _skipped.Add("UnknownHeap", "The recording does not hold where the heap starts.", call, () => Name(call));
            return;
        }

        long startedAt = Stopwatch.GetTimestamp();
        AddressResult result = space.Primary.SetHeapEnd(asked);
        Clock(startedAt);
        Compare(space, call, result.Address == asked, () => result.ToString());
        if (result.Address != asked)
        {
            return;
        }

        VirtualAddress from = end.AlignUp();
        VirtualAddress to = asked.AlignUp();
        if (to > from)
        {
            AddressRange range = new(from, to);
            space.Model.Map(new ModelArea(range, AccessRights.ReadWrite, ModelAreaKind.Anonymous, null, 0, ModelAreaTraits.None));
            space.Targets.Restore(range);
        }
        else if (to < from)
        {
            Revoke(space, new AddressRange(to, from));
            space.Model.Unmap(new AddressRange(to, from));
        }

        space.HeapEnd = asked;
    }

    private void Perform(ReplayedSpace space, ProtectCall call)
    {
        AccessRights rights = RightsOf(call.Protection);
        VirtualAddress start = call.Address;
        if ((call.Protection & LinuxProtection.GrowsDown) != 0 && space.Model.Areas.Find(start) is { } stack)
        {
            start = stack.Range.Start;
        }

        ulong lengthBytes = call.LengthBytes + (call.Address - start);
        long startedAt = Stopwatch.GetTimestamp();
        Errno error = space.Primary.Protect(start, lengthBytes, rights);
        Clock(startedAt);
        Compare(space, call, (int)error == call.Errno, error.ToString);
        if (error is Errno.None or Errno.ENOMEM)
        {
            AddressRange range = MappedPrefix(space, RoundedRange(start, lengthBytes));
            Revoke(space, rights == AccessRights.None ? range : default);
            space.Model.Protect(range, rights);
            space.Targets.Restore(rights == AccessRights.None ? default : range);
        }
    }

    private void Perform(ReplayedSpace space, SyncCall call)
    {
        AddressRange range = RoundedRange(call.Address, call.LengthBytes);
        long startedAt = Stopwatch.GetTimestamp();
        Errno error = space.Primary.Sync(call.Address, call.LengthBytes, (SyncFlags)call.Flags);
        Clock(startedAt);
        Compare(space, call, error == Errno.None, error.ToString);
        foreach (ModelArea area in space.Model.Areas.In(range))
        {
            if (area.Backing is { NoticesWrites: true } && area.Kind == ModelAreaKind.SharedObject)
            {
                space.Model.WriteProtect(area.Range);
            }
        }
    }

    private void Perform(ReplayedSpace space, RemapFilePagesCall call)
    {
        AddressRange range = RoundedRange(call.Address, call.LengthBytes);
        long startedAt = Stopwatch.GetTimestamp();
        Errno error = space.Primary.RemapPages(call.Address, call.LengthBytes, call.PageOffset);
        Clock(startedAt);
        Compare(space, call, error == Errno.None, error.ToString);
        if (error == Errno.None && space.Model.Areas.Find(range.Start) is { } area)
        {
            space.Model.Map(area with { Range = range, PageOffset = call.PageOffset });
        }
    }

    private void Unmap(ReplayedSpace space, SystemCallEvent call, AddressRange range)
    {
        CountAreasOf(space, range);
        long startedAt = Stopwatch.GetTimestamp();
        Errno error = space.Primary.Unmap(range.Start, range.LengthBytes);
        Clock(startedAt);
        Compare(space, call, error == Errno.None, error.ToString);
        if (error == Errno.None)
        {
            Revoke(space, range);
            space.Model.Unmap(range);
        }
    }

    /// <summary>Maps an area at its recorded place, in the primary and in the model.</summary>
    private void Map(ReplayedSpace space, TraceEvent item, ModelArea area)
    {
        MapFlags flags = (area.Kind == ModelAreaKind.SharedObject ? MapFlags.Shared : MapFlags.Private)
            | (area.Backing is null ? MapFlags.Anonymous : MapFlags.None)
            | ((area.Traits & ModelAreaTraits.GrowsDown) != 0 ? MapFlags.GrowsDown : MapFlags.None)
            | ((area.Traits & ModelAreaTraits.Locked) != 0 ? MapFlags.Locked : MapFlags.None)
            | MapFlags.Fixed;
        CountAreasOf(space, area.Range);
        MapRequest request = new(area.Range.LengthBytes, area.Rights, flags)
        {
            Address = area.Range.Start,
            Object = area.Backing?.Handle,
            OffsetBytes = area.PageOffset << Page.Shift,
        };
        long startedAt = Stopwatch.GetTimestamp();
        AddressResult result = space.Primary.Map(in request);
        Clock(startedAt);
        Compare(space, item, result.Succeeded && result.Address == area.Range.Start, result.ToString);
        if (result.Succeeded)
        {
            space.Model.Map(area);
            space.Targets.Restore(area.Range);
        }
    }

    private void Compare(ReplayedSpace space, TraceEvent item, bool agrees, Func<string> here)
    {
        if (!agrees && !RanOut(space, item))
        {
            space.Counts.SystemCallMismatches++;
            _callMismatches.Add(Name(item), "The call's result differs from the recorded one.", item, () => $"{item}: here {here()}");
        }
    }

    /// <summary>The part of a range up to its first hole: what mprotect changes before it fails.</summary>
    private static AddressRange MappedPrefix(ReplayedSpace space, AddressRange range)
    {
        VirtualAddress end = range.Start;
        foreach (ModelArea area in space.Model.Areas.In(range))
        {
            if (area.Range.Start != end)
            {
                break;
            }

            end = area.Range.End;
        }

        return new AddressRange(range.Start, end);
    }

    private void PassOverAbsurd(TraceEvent item, Func<string> detail) => _skipped.Add(
        "Absurd", "An address or a length is beyond what a process, or this replay, can have.", item, detail);

    private static ModelAreaKind KindOf(Files.Backing? backing, bool isShared) =>
        backing is null ? ModelAreaKind.Anonymous : isShared ? ModelAreaKind.SharedObject : ModelAreaKind.PrivateObject;

    private bool IsDevZero(int fileId) =>
        fileId != 0 && _recordedFiles.TryGetValue(fileId, out TraceFile? file) && file.Kind == TraceFileKind.DevZero;

    private static AddressRange RoundedRange(VirtualAddress start, ulong lengthBytes) =>
        AddressRange.FromLength(start.AlignDown(), Page.Count(lengthBytes + (ulong)start.PageOffset) << Page.Shift);

    private static AccessRights RightsOf(LinuxProtection protection) =>
        (AccessRights)((uint)protection & (uint)(LinuxProtection.Read | LinuxProtection.Write | LinuxProtection.Execute));

    private static string Name(TraceEvent item) => item.GetType().Name.Replace("Call", string.Empty, StringComparison.Ordinal);
}
