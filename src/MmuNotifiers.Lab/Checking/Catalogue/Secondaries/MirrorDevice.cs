using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A device over a small mirror: an access that finds no entry faults it in and is repeated.</summary>
internal sealed class MirrorDevice(ISmallMirror mirror) : ISecondaryDevice
{
    public FaultResult Read(VirtualAddress address, Span<byte> destination)
    {
        while (!mirror.TryRead(address, destination))
        {
            FaultResult result = mirror.Fault(address, AccessRights.Read);
            if (result != FaultResult.Success)
            {
                return result;
            }
        }

        return FaultResult.Success;
    }

    public FaultResult Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        while (!mirror.TryWrite(address, source))
        {
            FaultResult result = mirror.Fault(address, AccessRights.Write);
            if (result != FaultResult.Success)
            {
                return result;
            }
        }

        return FaultResult.Success;
    }
}
