using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>A segment register with its hidden part, laid out as struct kvm_segment.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public record struct ProcessorSegment
{
    [FieldOffset(0)]
    private ulong _base;

    [FieldOffset(8)]
    private uint _limit;

    [FieldOffset(12)]
    private ushort _selector;

    [FieldOffset(14)]
    private byte _type;

    [FieldOffset(15)]
    private byte _present;

    [FieldOffset(16)]
    private byte _privilege;

    [FieldOffset(17)]
    private byte _isDefault32;

    [FieldOffset(18)]
    private byte _isCodeOrData;

    [FieldOffset(19)]
    private byte _isLong;

    [FieldOffset(20)]
    private byte _isPageGranular;

    /// <summary>The first linear address.</summary>
    public ulong Base { readonly get => _base; set => _base = value; }

    /// <summary>The highest offset in bytes.</summary>
    public uint Limit { readonly get => _limit; set => _limit = value; }

    /// <summary>The selector.</summary>
    public ushort Selector { readonly get => _selector; set => _selector = value; }

    /// <summary>The descriptor's type: 11 is code that was accessed, 3 data that was, and for a system segment 11 a busy task.</summary>
    public byte Type { readonly get => _type; set => _type = value; }

    /// <summary>Whether the segment is present.</summary>
    public bool IsPresent { readonly get => _present != 0; set => _present = value ? (byte)1 : (byte)0; }

    /// <summary>The privilege level, 0 to 3.</summary>
    public byte Privilege { readonly get => _privilege; set => _privilege = value; }

    /// <summary>Whether the default width is 32 bits.</summary>
    public bool IsDefault32 { readonly get => _isDefault32 != 0; set => _isDefault32 = value ? (byte)1 : (byte)0; }

    /// <summary>Whether it is code or data; false for a system segment.</summary>
    public bool IsCodeOrData { readonly get => _isCodeOrData != 0; set => _isCodeOrData = value ? (byte)1 : (byte)0; }

    /// <summary>Whether it is 64-bit code.</summary>
    public bool IsLong { readonly get => _isLong != 0; set => _isLong = value ? (byte)1 : (byte)0; }

    /// <summary>Whether the limit counts pages.</summary>
    public bool IsPageGranular { readonly get => _isPageGranular != 0; set => _isPageGranular = value ? (byte)1 : (byte)0; }
}
