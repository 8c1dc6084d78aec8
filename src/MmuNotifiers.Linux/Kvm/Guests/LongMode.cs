using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>Puts virtual processors into 64-bit mode at privilege level 3, over a <see cref="GuestFirmware"/>.</summary>
internal static class LongMode
{
    /// <summary>The flags of a program at its start: nothing but the bit that is always set.</summary>
    public const ulong InitialFlags = 0x2;

    /// <summary>PE, MP, ET, NE, WP, AM, PG.</summary>
    private const ulong Cr0 = 0x8005_0033;

    /// <summary>PAE, OSFXSR, OSXMMEXCPT: SSE, and no AVX, whose state would have to be switched on by XSETBV.</summary>
    private const ulong Cr4 = 0x620;

    /// <summary>SCE, LME, LMA, NXE.</summary>
    private const ulong Efer = 0xd01;

    /// <summary>Syscall clears trap, interrupt and direction.</summary>
    private const ulong SystemCallMask = 0x700;

    /// <summary>Tells a processor where syscall goes. Once, before the first run.</summary>
    public static void PrepareSystemCalls(VirtualProcessor processor)
    {
        processor.SetModelRegister(
            KvmModelRegister.Star, ((ulong)GuestFirmware.KernelData << 48) | ((ulong)GuestFirmware.KernelCode << 32));
        processor.SetModelRegister(KvmModelRegister.LongStar, GuestFirmware.SystemCallEntry.Value);
        processor.SetModelRegister(KvmModelRegister.FlagMask, SystemCallMask);
    }

    /// <summary>The state of a program, at the base addresses that its thread has in FS and GS.</summary>
    /// <param name="processor">Whose other state stays.</param>
    /// <param name="top">The top page table.</param>
    /// <param name="fsBase">The base of FS.</param>
    /// <param name="gsBase">The base of GS.</param>
    public static void EnterUser(VirtualProcessor processor, GuestPhysicalAddress top, ulong fsBase = 0, ulong gsBase = 0)
    {
        ProcessorSegment data = new()
        {
            Limit = uint.MaxValue, Selector = GuestFirmware.UserData, Type = 3, IsPresent = true, Privilege = 3,
            IsDefault32 = true, IsCodeOrData = true, IsPageGranular = true,
        };
        processor.SpecialRegisters = processor.SpecialRegisters with
        {
            Cs = new ProcessorSegment
            {
                Limit = uint.MaxValue, Selector = GuestFirmware.UserCode, Type = 11, IsPresent = true, Privilege = 3,
                IsLong = true, IsCodeOrData = true, IsPageGranular = true,
            },
            Ds = data,
            Es = data,
            Fs = data with { Base = fsBase },
            Gs = data with { Base = gsBase },
            Ss = data,
            Tr = new ProcessorSegment
            {
                Base = GuestFirmware.TaskAddress.Value, Limit = GuestFirmware.TaskBytes - 1, Selector = GuestFirmware.Task, Type = 11, IsPresent = true,
            },
            Gdt = new DescriptorTable { Base = GuestFirmware.DescriptorsAddress.Value, Limit = GuestFirmware.DescriptorBytes - 1 },
            Idt = new DescriptorTable { Base = GuestFirmware.GatesAddress.Value, Limit = (ushort)(GuestFirmware.GatesBytes - 1) },
            Cr0 = Cr0,
            Cr3 = top.Value,
            Cr4 = Cr4,
            Efer = Efer,
        };
    }
}
