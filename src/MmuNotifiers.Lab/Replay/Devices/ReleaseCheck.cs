using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>What must hold once an address space is gone: its devices reach nothing.</summary>
internal static class ReleaseCheck
{
    private const int AccessesOfEach = 8;

    /// <summary>
    /// Lets each device of a released address space try pages that it may have translated. No device is at work otherwise.
    /// </summary>
    public static void Run(ViolationLog violations, ReplayedSpace space, Random random)
    {
        foreach (AttachedSecondary secondary in space.Secondaries)
        {
            for (int i = 0; i < AccessesOfEach; i++)
            {
                if (space.Targets.Used(random.Next(DeviceTargets.UsedCount)) is not { } page)
                {
                    continue;
                }

                VirtualAddress address = WordSlots.AddressOf(page.Number, WordSlots.Program);
                secondary.CountCompared();
                secondary.CountAccess(usesNewPage: false);
                if (WordAccess.Load(secondary.Device, address, out _) == FaultResult.Success)
                {
                    violations.StaleUse(space, secondary, address, "read memory of an address space that is gone");
                }
            }
        }
    }
}
