using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Tests.Traces;

/// <summary>The areas of one address space as a plain list, kept by the events of a trace alone.</summary>
internal sealed class LayoutModel
{
    /// <summary>How far a stack may be grown by one access; the kernel's limit is the program's own (8 MiB by default).</summary>
    private const ulong StackReachBytes = 8 << 20;

    private readonly List<Area> _areas = [];
    private ulong _break;

    public LayoutModel()
    {
    }

    public LayoutModel(LayoutModel parent)
    {
        _areas.AddRange(parent._areas);
        _break = parent._break;
    }

    public void Replace(ExecEvent exec)
    {
        _areas.Clear();
        _break = 0;
        foreach (InitialArea area in exec.Areas)
        {
            Map(area.Start.Value, area.LengthBytes, area.Protection, (area.Flags & LinuxMapFlags.GrowsDown) != 0);
        }
    }

    public void Apply(SystemCallEvent item)
    {
        switch (item)
        {
            case { Failed: true }:
                break;
            case MapCall call:
                Map((ulong)call.Result, call.LengthBytes, call.Protection, (call.Flags & LinuxMapFlags.GrowsDown) != 0);
                break;
            case UnmapCall call:
                Cut(call.Address.Value, call.LengthBytes);
                break;
            case ProtectCall call:
                foreach (Area area in Cut(call.Address.Value, call.LengthBytes))
                {
                    _areas.Add(area with { Protection = call.Protection & (LinuxProtection)7 });
                }

                break;
            case RemapCall call:
                Move(call);
                break;
            case BreakCall call:
                MoveBreak((ulong)call.Result);
                break;
            case AttachSharedCall call:
                Map((ulong)call.Result, call.LengthBytes, LinuxProtection.Read | LinuxProtection.Write, growsDown: false);
                break;
            case DetachSharedCall call:
                _areas.RemoveAll(area => area.Start == call.Address.Value);
                break;
        }
    }

    /// <summary>Whether the access could be served: an area holds the address, or is a stack above it, and allows it.</summary>
    public bool Allows(PageFaultEvent fault)
    {
        ulong address = fault.Address.Value;
        Area? area = _areas.Find(candidate => candidate.Start <= address && address < candidate.End)
            ?? _areas.Find(candidate => candidate.GrowsDown && address < candidate.Start && candidate.Start - address <= StackReachBytes);
        LinuxProtection needed = fault switch
        {
            { IsWrite: true } => LinuxProtection.Write,
            _ when (fault.Error & PageFaultError.InstructionFetch) != 0 => LinuxProtection.Execute,
            _ => LinuxProtection.None,
        };
        return area is { } found && found.Protection != LinuxProtection.None && (found.Protection & needed) == needed;
    }

    private void Map(ulong start, ulong length, LinuxProtection protection, bool growsDown)
    {
        Cut(start, length);
        _areas.Add(new Area(start, start + Align(length), protection, growsDown));
    }

    private void Move(RemapCall call)
    {
        List<Area> old = call.OldLengthBytes == 0 ? [_areas.Find(area => area.Start <= call.OldAddress.Value && call.OldAddress.Value < area.End)!]
            : Cut(call.OldAddress.Value, call.OldLengthBytes);
        Map((ulong)call.Result, call.NewLengthBytes, old[0].Protection, growsDown: false);
        if ((call.Flags & LinuxRemapFlags.DontUnmap) != 0)
        {
            _areas.AddRange(old);
        }
    }

    private void MoveBreak(ulong result)
    {
        if (_break != 0 && Align(result) > Align(_break))
        {
            Map(Align(_break), Align(result) - Align(_break), LinuxProtection.Read | LinuxProtection.Write, growsDown: false);
        }
        else if (_break != 0)
        {
            Cut(Align(result), Align(_break) - Align(result));
        }

        _break = result;
    }

    /// <summary>Takes a range out of all areas and returns what was there.</summary>
    private List<Area> Cut(ulong start, ulong length)
    {
        ulong end = start + Align(length);
        var taken = new List<Area>();
        foreach (Area area in _areas.FindAll(candidate => candidate.Start < end && start < candidate.End))
        {
            _areas.Remove(area);
            taken.Add(area with { Start = Math.Max(area.Start, start), End = Math.Min(area.End, end) });
            if (area.Start < start)
            {
                _areas.Add(area with { End = start });
            }

            if (area.End > end)
            {
                _areas.Add(area with { Start = end });
            }
        }

        return taken;
    }

    private static ulong Align(ulong bytes) => (bytes + 4095) & ~4095UL;

    private sealed record Area(ulong Start, ulong End, LinuxProtection Protection, bool GrowsDown);
}
