using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>What poll(2) is asked about one descriptor (struct pollfd).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    internal int Descriptor;
    internal short Events;
    internal short Returned;
}
