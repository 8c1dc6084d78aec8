namespace MmuNotifiers.Secondary.Tests;

/// <summary>A virtual CPU with the software TLB.</summary>
internal sealed class TlbLitmusDevice(SoftwareTlb tlb) : ILitmusDevice
{
    public bool TryStep(VirtualAddress page, int word, out int poisoned)
    {
        poisoned = 0;
        using (TlbSection section = tlb.Enter())
        {
            if (section.TryGetWriteSpan(page, out Span<byte> bytes))
            {
                poisoned = LitmusWords.Step(bytes, word);
                return true;
            }
        }

        tlb.Fault(page, AccessRights.ReadWrite);
        return false;
    }
}
