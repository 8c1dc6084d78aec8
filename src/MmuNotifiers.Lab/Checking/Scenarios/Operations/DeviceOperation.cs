using System.Runtime.InteropServices;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A device reads or writes the first word of a page.</summary>
internal sealed class DeviceOperation(int page, int secondary, AccessRights access) : ScenarioOperation
{
    internal override string Text => $"Device{access}({ScenarioRun.AddressOf(page)})";

    internal int Page => page;

    internal int Secondary => secondary;

    internal bool IsWrite => access == AccessRights.Write;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        if (run.DeviceOf(thread, secondary) is not { } device)
        {
            return OperationOutcome.Skipped("not attached");
        }

        thread.BeginAccess(page, access, secondary);
        ulong word = IsWrite ? PageWord.WrittenBy(Tag, page) : 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref word));
        FaultResult result = IsWrite ? device.Write(ScenarioRun.AddressOf(page), bytes) : device.Read(ScenarioRun.AddressOf(page), bytes);
        thread.EndAccess();
        return OperationOutcome.Of(result, word);
    }
}
