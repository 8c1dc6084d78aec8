using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>struct kvm_cpuid2 with room for the entries: what the processor tells the guest about itself.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmFeatures
{
    /// <summary>KVM_MAX_CPUID_ENTRIES.</summary>
    public const uint MostEntries = 256;

    public uint Count;
    public uint Padding;

    /// <summary>struct kvm_cpuid_entry2 is 40 bytes; this monitor hands the entries on and does not read them.</summary>
    public EntryBytes Entries;

    /// <summary>The entries as bytes.</summary>
    [System.Runtime.CompilerServices.InlineArray((int)MostEntries * 40)]
    public struct EntryBytes
    {
        private byte _first;
    }
}
