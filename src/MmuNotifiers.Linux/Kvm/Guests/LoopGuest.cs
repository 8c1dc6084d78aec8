namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>
/// A guest whose processors run loops of known behaviour over all of a memory: what stands for "a guest that uses its memory" in tests and
/// measurements. Each processor is run by one thread at a time and has words of its own in every page, so that all use the same pages and none
/// undoes what another did. Disposal is for when no processor runs; the memory stays the caller's.
/// </summary>
public sealed class LoopGuest : IDisposable
{
    /// <summary>Each processor's words begin so far behind the last one's; a page has room for 256 below the middle.</summary>
    private const int WordBytes = sizeof(ulong);

    private const int MostProcessors = 256;

    /// <summary>Each processor's firmware begins so far behind the last one's, all of them below the memory.</summary>
    private const ulong FirmwareBytes = 4 << 20;

    private const long MostTablePages = 1000;

    /// <summary>Where the memory begins, for the guest's physical and linear addresses alike.</summary>
    private const ulong MemoryStart = 1UL << 30;

    private const ulong LargePageBytes = 2 << 20;

    private readonly KvmDevice _device;
    private readonly VirtualMachine _machine;
    private readonly GuestFirmware[] _firmware;
    private readonly VirtualProcessor[] _processors;
    private readonly ulong _pages;

    private LoopGuest(KvmDevice device, IGuestMemory memory, int processors, MemorySlotKind kind)
    {
        _device = device;
        _machine = device.CreateMachine();
        _pages = memory.Range.Pages;
        _firmware = new GuestFirmware[processors];
        _processors = new VirtualProcessor[processors];
        Slot = _machine.AddSlot(new GuestPhysicalAddress(MemoryStart), memory, memory.Range, kind);
        for (int number = 0; number < processors; number++)
        {
            Add(number, memory.Range);
        }
    }

    /// <summary>How many processors there are.</summary>
    public int Processors => _processors.Length;

    /// <summary>The memory as the guest has it.</summary>
    public MemorySlot Slot { get; }

    /// <summary>Makes a guest over all of a memory.</summary>
    /// <param name="memory">The memory, which must outlive the guest.</param>
    /// <param name="processors">How many processors, from 1 to 256.</param>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static LoopGuest Create(PagedMemory memory, int processors = 1)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return Create(new PagedGuestMemory(memory), processors);
    }

    /// <summary>
    /// Adds one to a word of each page, page after page, round after round, as the guest. Blocks until that is done or the processor is kicked.
    /// </summary>
    /// <param name="processor">Its number, from 0 on.</param>
    /// <param name="rounds">How often; at least 1.</param>
    public LoopResult CountInSequence(int processor, long rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        return Run(processor, GuestLoops.CountInSequence, new ProcessorRegisters { Rsi = _pages, Rdx = (ulong)rounds });
    }

    /// <summary>
    /// Visits pages at random as the guest: each visit checks what the processor's last one left in the page, and adds one. Blocks until that is
    /// done, a page does not hold what it must, or the processor is kicked.
    /// </summary>
    /// <param name="processor">Its number, from 0 on.</param>
    /// <param name="visits">How many; at least 1.</param>
    /// <param name="seed">The same seed visits the same pages; not 0.</param>
    public LoopResult VisitAtRandom(int processor, long visits, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visits, 1);
        ArgumentOutOfRangeException.ThrowIfZero(seed);
        return Run(processor, GuestLoops.VisitAtRandom, new ProcessorRegisters { Rsi = _pages, R8 = (ulong)visits, Rax = seed });
    }

    /// <summary>Adds up, as the guest, what a processor's counts and visits left in all pages: as many as there were, or a page was lost.</summary>
    /// <param name="processor">Its number, from 0 on.</param>
    public LoopResult Sum(int processor) => Run(processor, GuestLoops.Sum, new ProcessorRegisters { Rsi = _pages });

    /// <summary>Ends what a processor is doing, or what it will be asked next.</summary>
    public void Kick(int processor) => _processors[processor].Kick();

    /// <inheritdoc/>
    public void Dispose()
    {
        _machine.Dispose();
        foreach (GuestFirmware firmware in _firmware)
        {
            firmware?.Dispose();
        }

        _device.Dispose();
    }

    /// <summary>Makes a guest over memory of any kind.</summary>
    internal static LoopGuest Create(IGuestMemory memory, int processors = 1, MemorySlotKind kind = MemorySlotKind.ReadWrite)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processors, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(processors, MostProcessors);
        return new LoopGuest(KvmDevice.Open(), memory, processors, kind);
    }

    /// <summary>Runs code with its registers; RDI becomes the processor's word in the first page.</summary>
    internal LoopResult Run(int processor, ReadOnlySpan<byte> code, ProcessorRegisters registers, ulong offset = 0)
    {
        _firmware[processor].LoadLoop(code);
        VirtualProcessor virtualProcessor = _processors[processor];
        LongMode.EnterUser(virtualProcessor, _firmware[processor].PageTables.Top);
        virtualProcessor.Registers = registers with
        {
            Rip = GuestFirmware.LoopEntry.Value,
            Rflags = LongMode.InitialFlags,
            Rdi = MemoryStart + offset + ((ulong)processor * WordBytes),
        };
        return Continue(processor);
    }

    /// <summary>Goes on behind an exit.</summary>
    internal LoopResult Continue(int processor)
    {
        VirtualProcessorExit exit = _processors[processor].Run();
        return new LoopResult(exit, _processors[processor].Registers, _processors[processor].SpecialRegisters.Cr2);
    }

    internal VirtualMachine Machine => _machine;

    internal VirtualProcessor Processor(int number) => _processors[number];

    internal GuestFirmware Firmware(int processor) => _firmware[processor];

    private void Add(int number, AddressRange memory)
    {
        long tablePages = 8 + (long)(memory.LengthBytes >> 30);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tablePages, MostTablePages, nameof(memory));
        GuestFirmware firmware = new(
            new GuestPhysicalAddress((ulong)number * FirmwareBytes), tablePages, GuestPort.Done, GuestPort.Lost);
        _firmware[number] = firmware;
        _machine.AddSlot(firmware.Start, firmware.Memory, firmware.Memory.Range);
        for (ulong offset = 0; offset < memory.LengthBytes; offset += LargePageBytes)
        {
            GuestPte entry = GuestPte.UserLarge(new GuestPhysicalAddress(MemoryStart + offset), AccessRights.ReadWrite | AccessRights.Execute);
            bool fits = firmware.PageTables.TrySetLarge(new VirtualAddress(MemoryStart + offset), entry);
            System.Diagnostics.Debug.Assert(fits, "There is a table for each GiB, and a few more.");
        }

        _processors[number] = _machine.CreateProcessor();
    }
}
