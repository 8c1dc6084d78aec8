using System.Runtime.InteropServices;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Secondary.Tests;

/// <summary>
/// A virtual CPU of the shadow MMU whose guest addresses are the host's. Its word has no other writer, so two sections will do.
/// </summary>
internal sealed class ShadowLitmusDevice(VirtualCpu cpu) : ILitmusDevice
{
    private readonly byte[] _bytes = new byte[Page.SizeBytes];

    public bool TryStep(VirtualAddress page, int word, out int poisoned)
    {
        GuestAddress own = new(page.Value + ((ulong)word * 8));
        bool done = cpu.Read(new GuestAddress(page.Value), _bytes) == FaultResult.Success;
        poisoned = MemoryMarshal.Cast<byte, ulong>(_bytes).Count(FakePrimary.PoisonWord);
        return done && cpu.Read(own, out long count) == FaultResult.Success && cpu.Write(own, count + 1) == FaultResult.Success;
    }
}
