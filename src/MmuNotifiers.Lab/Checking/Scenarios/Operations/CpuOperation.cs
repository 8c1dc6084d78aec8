using System.Runtime.InteropServices;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>A CPU reads or writes the first word of a page.</summary>
internal sealed class CpuOperation(int page, AccessRights access) : ScenarioOperation
{
    internal override string Text => $"{access}({ScenarioRun.AddressOf(page)})";

    internal int Page => page;

    internal bool IsWrite => access == AccessRights.Write;

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        if (run.SpaceOf(this) is not { } space)
        {
            return OperationOutcome.Skipped("no child");
        }

        ulong word = IsWrite ? PageWord.WrittenBy(Tag, page) : 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref word));
        TransferResult result = IsWrite ? space.Write(ScenarioRun.AddressOf(page), bytes) : space.Read(ScenarioRun.AddressOf(page), bytes);
        return OperationOutcome.Of(result.Result, word);
    }
}
