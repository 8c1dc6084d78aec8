using System.Diagnostics;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Traces;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Replay;

internal sealed partial class ReplaySession
{
    private void Perform(ReplayedSpace space, RemapCall call)
    {
        VirtualAddress result = new((ulong)call.Result);
        bool moves = result != call.OldAddress;
        MoveFlags flags = (MoveFlags)(call.Flags & (LinuxRemapFlags.MayMove | LinuxRemapFlags.Fixed | LinuxRemapFlags.DontUnmap));
        if (moves)
        {
            flags |= MoveFlags.MayMove | MoveFlags.Fixed;
        }

        AddressRange from = RoundedRange(call.OldAddress, call.OldLengthBytes);
        AddressRange to = RoundedRange(result, call.NewLengthBytes);
        long startedAt = Stopwatch.GetTimestamp();
        AddressResult here = space.Primary.Move(call.OldAddress, call.OldLengthBytes, call.NewLengthBytes, flags, result);
        Clock(startedAt);
        Compare(space, call, here.Succeeded && here.Address == result, here.ToString);
        space.Targets.Restore(to);
        bool keepsSource = (call.Flags & LinuxRemapFlags.DontUnmap) != 0;
        if (!here.Succeeded)
        {
            FollowPartialMove(space, from, to);
        }
        else if (moves)
        {
            Revoke(space, keepsSource ? default : from);
            MoveInModel(space, from, to, keepsSource);
        }
        else
        {
            ResizeInModel(space, from, to);
        }
    }

    /// <summary>A move of several areas that failed may have moved the first ones; those are not mapped at their old place any more.</summary>
    private static void FollowPartialMove(ReplayedSpace space, AddressRange from, AddressRange to)
    {
        Span<bool> resident = stackalloc bool[1];
        foreach (ModelArea part in space.Model.Areas.In(from))
        {
            ulong distance = part.Range.Start - from.Start;
            bool stayed = space.Primary.Resident(part.Range.Start, Page.SizeBytes, resident) != Errno.ENOMEM;
            if (stayed || distance >= to.LengthBytes)
            {
                return;
            }

            MoveInModel(space, part.Range, AddressRange.FromLength(to.Start + distance, part.Range.LengthBytes), keepsSource: false);
        }
    }

    /// <summary>
    /// Moves areas and pages. A move that grows has one area, which gets the whole new length; one that keeps its length may span
    /// several, with holes that leave the destination as it is.
    /// </summary>
    private static void MoveInModel(ReplayedSpace space, AddressRange from, AddressRange to, bool keepsSource)
    {
        SpaceModel model = space.Model;
        foreach (ModelArea part in model.Areas.In(from.IsEmpty ? AddressRange.OfPage(from.Start) : from))
        {
            VirtualAddress start = to.Start + (part.Range.Start - from.Start);
            if (start >= to.End)
            {
                break;
            }

            bool grows = to.LengthBytes > from.LengthBytes;
            VirtualAddress end = grows || start + part.Range.LengthBytes > to.End ? to.End : start + part.Range.LengthBytes;
            model.Map(part with { Range = new AddressRange(start, end) });
        }

        AddressRange kept = from.LengthBytes > to.LengthBytes ? AddressRange.FromLength(from.Start, to.LengthBytes) : from;
        model.MovePages(kept, to.Start);
        space.Watch?.Move(kept, to.Start);
        if (!from.IsEmpty && !keepsSource)
        {
            model.Unmap(from);
        }
    }

    private static void ResizeInModel(ReplayedSpace space, AddressRange from, AddressRange to)
    {
        if (to.End < from.End)
        {
            AddressRange tail = new(to.End, from.End);
            Revoke(space, tail);
            space.Model.Unmap(tail);
        }
        else if (space.Model.Areas.In(from) is [.., var last])
        {
            space.Model.Areas.Put(last with { Range = new AddressRange(last.Range.Start, to.End) });
        }
    }
}
