using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>A machine for one program: a processor at privilege level 3, its firmware, and an empty address space over a memory.</summary>
internal sealed class ProgramMachine : IDisposable
{
    /// <summary>Guest memory begins at a multiple of this behind the firmware.</summary>
    private const ulong StartAlignment = 1UL << 30;

    /// <summary>Page tables beside one for each 64 pages: programs leave gaps.</summary>
    private const long SpareTablePages = 1024;

    private const long PagesPerTable = 64;

    private readonly KvmDevice _device;
    private readonly VirtualMachine _machine;
    private readonly GuestFirmware _firmware;
    private readonly MemorySlot _slot;

    /// <summary>Makes it.</summary>
    /// <param name="memory">The memory, zeroed; stays the caller's.</param>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public ProgramMachine(IGuestMemory memory)
    {
        _device = KvmDevice.Open();
        _machine = _device.CreateMachine();
        _firmware = new GuestFirmware(default, ((long)memory.Range.Pages / PagesPerTable) + SpareTablePages, GuestPort.SystemCall);
        _ = _machine.AddSlot(_firmware.Start, _firmware.Memory, _firmware.Memory.Range);
        ulong start = (_firmware.Memory.Range.LengthBytes + StartAlignment - 1) / StartAlignment * StartAlignment;
        _slot = _machine.AddSlot(new GuestPhysicalAddress(start), memory, memory.Range);
        Processor = _machine.CreateProcessor();
        LongMode.PrepareSystemCalls(Processor);
        Space = new GuestAddressSpace(_firmware.PageTables, memory, _slot.Start);
    }

    /// <summary>The processor.</summary>
    public VirtualProcessor Processor { get; }

    /// <summary>The program's address space.</summary>
    public GuestAddressSpace Space { get; }

    /// <summary>Lets the program go on at privilege level 3.</summary>
    public void EnterUser(ulong fsBase, ulong gsBase) => LongMode.EnterUser(Processor, _firmware.PageTables.Top, fsBase, gsBase);

    /// <summary>What the processor pushed for the exception that came last.</summary>
    public ExceptionFrame ReadException(int vector) => ExceptionFrame.Read(_firmware, vector, Processor.Registers.Rsp, Processor.SpecialRegisters.Cr2);

    /// <summary>Makes the guest follow narrowed entries of its page tables. The processor is not running.</summary>
    public void ForgetTranslations()
    {
        _machine.ForgetTranslations(_slot);
        Space.TranslationsForgotten();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _machine.Dispose();
        _firmware.Dispose();
        _device.Dispose();
    }
}
