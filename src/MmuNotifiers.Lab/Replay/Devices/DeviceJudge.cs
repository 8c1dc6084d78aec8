using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>
/// Tells a stale access from wrong contents: the program looks at the same word through the primary's own table. If it sees what
/// must be there, the device looked at another frame.
/// </summary>
internal static class DeviceJudge
{
    /// <summary>A device loaded a word.</summary>
    public static void Compare(
        ViolationLog violations, ReplayedSpace space, AttachedSecondary secondary, VirtualAddress address, Word found, Word expected)
    {
        if (found == expected)
        {
            return;
        }

        bool programSeesIt = WordAccess.Load(space.Primary, address, out Word now) == FaultResult.Success && now == expected;
        if (programSeesIt)
        {
            violations.StaleRead(space, secondary, address, found, expected);
        }
        else
        {
            violations.Mismatch(space, secondary, address, found, expected);
        }
    }

    /// <summary>A device stored a word: the program must see it.</summary>
    public static void ExpectArrived(
        ViolationLog violations, ReplayedSpace space, AttachedSecondary secondary, VirtualAddress address, Word stored)
    {
        if (WordAccess.Load(space.Primary, address, out Word now) == FaultResult.Success && now != stored)
        {
            violations.StaleUse(space, secondary, address, "stored to a frame that is not the page's any more");
        }
    }
}
