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
        if (moves)
        {
            Revoke(space, from);
        }

        long startedAt = Stopwatch.GetTimestamp();
        AddressResult here = space.Primary.Move(call.OldAddress, call.OldLengthBytes, call.NewLengthBytes, flags, result);
        Clock(startedAt);
        Compare(space, call, here.Succeeded && here.Address == result, here.ToString);
        if (!here.Succeeded)
        {
            return;
        }

        space.Targets.Restore(to);
        if (moves)
        {
            MoveInModel(space.Model, from, to, (call.Flags & LinuxRemapFlags.DontUnmap) != 0);
        }
        else
        {
            ResizeInModel(space, from, to);
        }
    }

    /// <summary>
    /// Moves areas and pages. A move that grows has one area, which gets the whole new length; one that keeps its length may span
    /// several, with holes that leave the destination as it is.
    /// </summary>
    private static void MoveInModel(SpaceModel model, AddressRange from, AddressRange to, bool keepsSource)
    {
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
