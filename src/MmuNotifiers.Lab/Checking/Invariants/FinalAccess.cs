using System.Runtime.InteropServices;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>An access that a device makes once more when all threads have ended.</summary>
internal sealed class FinalAccess(DeviceOperation original) : ScenarioOperation
{
    internal override string Text => $"{original.Text} once more";

    internal int Page => original.Page;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread) => Run(run, thread, thread.Devices[original.Secondary]!);

    /// <summary>Reads the page; if the operation wrote, writes back what it read.</summary>
    internal OperationOutcome Run(ScenarioRun run, ThreadState thread, ISecondaryDevice device)
    {
        ulong word = 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref word));
        thread.BeginAccess(Page, AccessRights.Read, original.Secondary);
        FaultResult result = device.Read(ScenarioRun.AddressOf(Page), bytes);
        if (result == FaultResult.Success && original.IsWrite)
        {
            thread.BeginAccess(Page, AccessRights.Write, original.Secondary);
            device.Write(ScenarioRun.AddressOf(Page), bytes);
        }

        thread.EndAccess();
        return OperationOutcome.Of(result, word);
    }
}
