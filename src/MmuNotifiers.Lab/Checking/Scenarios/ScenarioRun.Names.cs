using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What native memory is called in a timeline.</summary>
public sealed partial class ScenarioRun
{
    /// <summary>The name of a native address: a frame, a pte, the table that it lies in; null for another.</summary>
    internal string? Describe(nint location)
    {
        nint arena = Memory.FrameAddress(PhysicalMemory.ZeroFrame);
        nint offset = location - arena;
        if (offset >= 0 && offset < (nint)Memory.FrameCount << Page.Shift)
        {
            string name = StepText.NameOf(new FrameNumber((ulong)offset >> Page.Shift));
            return (offset & (Page.SizeBytes - 1)) == 0 ? name : $"{name}+0x{offset & (Page.SizeBytes - 1):x}";
        }

        return DescribeTable(Space, "", location)
            ?? (Child is null ? null : DescribeTable(Child, "the child's ", location))
            ?? (Memory.Frames.FrameOfState(location) is { } frame ? $"{StepText.NameOf(frame)}'s state" : null);
    }

    private string? DescribeTable(AddressSpace space, string whose, nint location)
    {
        for (int page = 0; page < _scenario.PageCount; page++)
        {
            if (space.PteAddress(AddressOf(page)) == location)
            {
                return $"{whose}{StepText.PteName}{AddressOf(page)}";
            }
        }

        nint first = space.PteAddress(AddressOf(0));
        return first != 0 && location < first && location >= first - LeafHeader.SizeBytes ? $"{whose}{StepText.TableName}" : null;
    }
}
