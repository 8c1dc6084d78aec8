using System.Runtime.InteropServices;

namespace MmuNotifiers.Secondary.Tests;

/// <summary>Any device, through the accesses that all of them have. Its word has no other writer, so three accesses will do.</summary>
internal sealed class SpanLitmusDevice(ISecondaryDevice device) : ILitmusDevice
{
    private readonly byte[] _bytes = new byte[Page.SizeBytes];
    private readonly byte[] _count = new byte[8];

    public bool TryStep(VirtualAddress page, int word, out int poisoned)
    {
        VirtualAddress own = page + ((ulong)word * 8);
        bool done = device.Read(page, _bytes) == FaultResult.Success;
        poisoned = MemoryMarshal.Cast<byte, ulong>(_bytes).Count(FakePrimary.PoisonWord);
        if (!done || device.Read(own, _count) != FaultResult.Success)
        {
            return false;
        }

        BitConverter.TryWriteBytes(_count, BitConverter.ToInt64(_count) + 1);
        return device.Write(own, _count) == FaultResult.Success;
    }
}
