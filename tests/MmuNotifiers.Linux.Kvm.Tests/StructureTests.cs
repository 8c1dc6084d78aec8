using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>Structures that the kernel reads and writes have the kernel's sizes and offsets (linux/kvm.h, x86-64).</summary>
public sealed class StructureTests
{
    [Fact]
    public void Structures_are_as_long_as_the_kernel_says()
    {
        Assert.Equal(144, Unsafe.SizeOf<ProcessorRegisters>());
        Assert.Equal(312, Unsafe.SizeOf<SpecialRegisters>());
        Assert.Equal(24, Unsafe.SizeOf<ProcessorSegment>());
        Assert.Equal(16, Unsafe.SizeOf<DescriptorTable>());
        Assert.Equal(32, Unsafe.SizeOf<KvmMemorySlot>());
        Assert.Equal(16, Unsafe.SizeOf<KvmDirtyLog>());
        Assert.Equal(24, Unsafe.SizeOf<KvmModelRegister>());
        Assert.Equal(8 + (256 * 40), Unsafe.SizeOf<KvmFeatures>());
        Assert.Equal(152, Unsafe.SizeOf<SignalAction>());
    }

    [Fact]
    public void A_request_carries_the_size_of_its_structure()
    {
        Assert.Equal(16, SizeIn(KvmRequest.GetDirtyLog));
        Assert.Equal(32, SizeIn(KvmRequest.SetMemorySlot));
        Assert.Equal(144, SizeIn(KvmRequest.GetRegisters));
        Assert.Equal(312, SizeIn(KvmRequest.GetSpecialRegisters));
        Assert.Equal(8, SizeIn(KvmRequest.SetModelRegisters));
        Assert.Equal(8, SizeIn(KvmRequest.SetFeatures));
        static int SizeIn(nuint request) => (int)(request >> 16) & 0x3fff;
    }

    [Fact]
    public void Special_registers_lie_where_the_kernel_has_them()
    {
        SpecialRegisters registers = new()
        {
            Cs = new ProcessorSegment { Base = 1, Limit = 2, Selector = 3, Type = 4, IsPresent = true, Privilege = 5, IsLong = true },
            Tr = new ProcessorSegment { Base = 6 },
            Gdt = new DescriptorTable { Base = 7, Limit = 8 },
            Cr0 = 9,
            Efer = 10,
        };
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<SpecialRegisters>(in registers));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 4, 1, 5, 0, 0, 1, 0, 0, 0, 0], bytes[..24].ToArray());
        Assert.Equal(6, bytes[144]);
        Assert.Equal(7, bytes[192]);
        Assert.Equal(8, bytes[200]);
        Assert.Equal(9, bytes[224]);
        Assert.Equal(10, bytes[264]);
    }
}
