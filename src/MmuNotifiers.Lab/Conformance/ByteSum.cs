using System.Runtime.InteropServices;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>A sum by which two worlds compare many bytes. The same in the kernel's world (Oracle/Native/process.c).</summary>
internal static class ByteSum
{
    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    /// <summary>Adds bytes, a multiple of eight of them, to a sum.</summary>
    internal static ulong Add(ReadOnlySpan<byte> bytes, ulong sum)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            sum = unchecked(((sum ^ word) * Multiplier) + (sum >> 29));
        }

        return sum;
    }
}
