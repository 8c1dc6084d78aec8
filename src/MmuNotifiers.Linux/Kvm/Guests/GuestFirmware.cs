namespace MmuNotifiers.Linux.Kvm.Guests;

/// <summary>
/// What a guest in long mode needs below its program, in memory of the monitor's own: segments, a task with a stack for
/// exceptions and a map of ports, an interrupt table whose handlers are one <c>out</c> each, the entry of syscall, page tables. Linear addresses are
/// at the top of the lower half, above those that programs get; a program can execute the stubs and read nothing else of it.
/// </summary>
/// <remarks>
/// Programs run at privilege level 3. KVM over VMX or SVM runs all levels on the processor, KVM over software virtualisation only this one and
/// interprets the rest: a handler of one instruction costs nothing either way. On the latter, syscall stays at level 3, so that the stubs must be
/// executable there, the upper half of linear addresses is out of reach, and the I/O privilege level of the flags does not count, so that ports are
/// allowed by the task's map.
/// <code>
/// from the start of the firmware:
/// 0x0000  global descriptor table
/// 0x1000  task: stacks, map of ports 0x00 to 0xff
/// 0x2000  interrupt descriptor table, 32 gates
/// 0x3000  stubs: exception n at n * 16, then syscall at 0x200   (level 3: execute)
/// 0x4000  stack of exceptions, downwards from 0x5000
/// 0x5000  code of guest loops                                   (level 3: execute)
/// 0x6000  page tables
/// </code>
/// </remarks>
internal sealed unsafe class GuestFirmware : IDisposable
{
    /// <summary>The first linear address of the firmware, and the end of what programs can map.</summary>
    public const ulong LinearStart = 0x0000_7fff_f000_0000;

    /// <summary>Selectors in the order that syscall and sysret want them (IA32_STAR).</summary>
    public const ushort KernelCode = 0x08;

    /// <summary>Data of level 0; syscall loads it into SS.</summary>
    public const ushort KernelData = 0x10;

    /// <summary>Data of level 3.</summary>
    public const ushort UserData = 0x18 | 3;

    /// <summary>64-bit code of level 3.</summary>
    public const ushort UserCode = 0x20 | 3;

    /// <summary>The task.</summary>
    public const ushort Task = 0x28;

    /// <summary>The length of the descriptor table in bytes: six descriptors, the last of double length.</summary>
    public const int DescriptorBytes = 0x38;

    /// <summary>The length of the task in bytes: stacks, one bit for each of 256 ports, a byte of ones behind them.</summary>
    public const int TaskBytes = TaskStateBytes + (Ports / 8) + 1;

    private const int Ports = 256;
    private const int TaskStateBytes = 0x68;
    private const int TaskStackOffset = 4;
    private const int TaskInterruptStackOffset = 0x24;
    private const int TaskMapOffset = 0x66;
    private const int GateBytes = 16;
    private const int StubBytes = 16;
    private const ulong Descriptors = 0x0000;
    private const ulong TaskState = 0x1000;
    private const ulong Gates = 0x2000;
    private const ulong Stubs = 0x3000;
    private const ulong SystemCallStub = Stubs + (GuestPort.Exceptions * StubBytes);
    private const ulong ExceptionStack = 0x4000;
    private const ulong StackEnd = 0x5000;
    private const ulong LoopCode = 0x5000;
    private const ulong Tables = 0x6000;

    /// <summary>out imm8, al.</summary>
    private const byte OutInstruction = 0xe6;

    private readonly PlainGuestMemory _memory;
    private readonly byte* _bytes;

    /// <summary>Lays everything out.</summary>
    /// <param name="start">Its first guest-physical address, page aligned.</param>
    /// <param name="tablePages">How many pages there may be of page tables.</param>
    /// <param name="ports">The ports that level 3 may write to.</param>
    public GuestFirmware(GuestPhysicalAddress start, long tablePages, params ReadOnlySpan<byte> ports)
    {
        Start = start;
        _memory = new PlainGuestMemory((long)(Tables >> Page.Shift) + tablePages);
        _bytes = (byte*)_memory.Range.Start.Value;
        PageTables = new GuestPageTables((nint)_bytes + (nint)Tables, start + Tables, tablePages);
        WriteDescriptors();
        WriteTask(ports);
        WriteGates();
        bool fits = Map(Descriptors, AccessRights.ReadWrite) & Map(TaskState, AccessRights.ReadWrite) & Map(Gates, AccessRights.ReadWrite)
            & Map(ExceptionStack, AccessRights.ReadWrite) & MapStubs(Stubs) & MapStubs(LoopCode);
        ArgumentOutOfRangeException.ThrowIfEqual(fits, false, nameof(tablePages));
    }

    /// <summary>Its first guest-physical address.</summary>
    public GuestPhysicalAddress Start { get; }

    /// <summary>The memory, for a slot at <see cref="Start"/>.</summary>
    public IGuestMemory Memory => _memory;

    /// <summary>The guest's page tables.</summary>
    public GuestPageTables PageTables { get; }

    /// <summary>Where the descriptor table lies for the guest.</summary>
    public static VirtualAddress DescriptorsAddress => Linear(Descriptors);

    /// <summary>Where the task lies for the guest.</summary>
    public static VirtualAddress TaskAddress => Linear(TaskState);

    /// <summary>Where the interrupt table lies for the guest.</summary>
    public static VirtualAddress GatesAddress => Linear(Gates);

    /// <summary>The length of the interrupt table in bytes.</summary>
    public static int GatesBytes => GuestPort.Exceptions * GateBytes;

    /// <summary>Where syscall goes.</summary>
    public static VirtualAddress SystemCallEntry => Linear(SystemCallStub);

    /// <summary>Where loaded guest loops begin.</summary>
    public static VirtualAddress LoopEntry => Linear(LoopCode);

    /// <summary>Whether an exit by a port came from the instruction at an address: it may stand on it or behind it.</summary>
    public static bool IsAt(ulong instructionPointer, VirtualAddress stub) => instructionPointer - stub.Value is 0 or 2;

    /// <summary>Where the handler of an exception lies.</summary>
    public static VirtualAddress ExceptionEntry(int vector) => Linear(Stubs + (ulong)(vector * StubBytes));

    /// <summary>Replaces the code of guest loops.</summary>
    /// <param name="code">At most one page.</param>
    public void LoadLoop(ReadOnlySpan<byte> code)
    {
        // SAFETY: the page lies in the mapping, whose length the constructor chose.
        Span<byte> page = new(_bytes + LoopCode, Page.SizeBytes);
        page.Clear();
        code.CopyTo(page);
    }

    /// <summary>What the processor pushed when it delivered an exception: 0 is what it pushed first.</summary>
    public ulong Pushed(int word) => *(ulong*)(_bytes + StackEnd - (ulong)((word + 1) * sizeof(ulong)));

    /// <summary>How many words are on the stack of exceptions.</summary>
    public static int PushedWords(ulong stackPointer) => (int)((Linear(StackEnd).Value - stackPointer) / sizeof(ulong));

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static VirtualAddress Linear(ulong offset) => new(LinearStart + offset);

    private bool Map(ulong page, AccessRights rights) =>
        PageTables.TrySet(Linear(page), GuestPte.Supervisor(Start + page, rights));

    private bool MapStubs(ulong page) =>
        PageTables.TrySet(Linear(page), GuestPte.User(Start + page, AccessRights.Read | AccessRights.Execute));

    /// <summary>Flat 64-bit segments (Intel's manual, volume 3, 3.4.5): present, accessed, code or data, of level 0 and 3.</summary>
    private void WriteDescriptors()
    {
        Put(Descriptors + KernelCode, 0x00af_9b00_0000_ffff);
        Put(Descriptors + KernelData, 0x00cf_9300_0000_ffff);
        Put(Descriptors + (UserData & ~3u), 0x00cf_f300_0000_ffff);
        Put(Descriptors + (UserCode & ~3u), 0x00af_fb00_0000_ffff);
        ulong task = TaskAddress.Value;
        Put(Descriptors + Task, (TaskBytes - 1) | ((task & 0xff_ffff) << 16) | (0x8bUL << 40) | (((task >> 24) & 0xff) << 56));
        Put(Descriptors + Task + sizeof(ulong), task >> 32);
    }

    private void WriteTask(ReadOnlySpan<byte> ports)
    {
        Put(TaskState + TaskStackOffset, Linear(StackEnd).Value);
        Put(TaskState + TaskInterruptStackOffset, Linear(StackEnd).Value);
        *(ushort*)(_bytes + TaskState + TaskMapOffset) = TaskStateBytes;
        Span<byte> map = new(_bytes + TaskState + TaskStateBytes, (Ports / 8) + 1);
        map.Fill(0xff);
        foreach (byte port in ports)
        {
            map[port / 8] &= (byte)~(1 << (port % 8));
        }
    }

    /// <summary>64-bit interrupt gates onto the first interrupt stack; breakpoint and overflow may be raised by level 3.</summary>
    private void WriteGates()
    {
        const int Breakpoint = 3;
        const int Overflow = 4;
        for (int vector = 0; vector < GuestPort.Exceptions; vector++)
        {
            ulong handler = ExceptionEntry(vector).Value;
            ulong kind = vector is Breakpoint or Overflow ? 0xeeUL : 0x8eUL;
            ulong gate = Gates + (ulong)(vector * GateBytes);
            Put(gate, (handler & 0xffff) | ((ulong)KernelCode << 16) | (1UL << 32) | (kind << 40) | (((handler >> 16) & 0xffff) << 48));
            Put(gate + sizeof(ulong), handler >> 32);
            PutOut(Stubs + (ulong)(vector * StubBytes), (byte)(GuestPort.FirstException + vector));
        }

        PutOut(SystemCallStub, GuestPort.SystemCall);
    }

    private void PutOut(ulong at, byte port)
    {
        _bytes[at] = OutInstruction;
        _bytes[at + 1] = port;
    }

    // SAFETY: offsets are the constants above, inside the mapping; the processor accepts words that are not aligned, as in the task.
    private void Put(ulong at, ulong value) => *(ulong*)(_bytes + at) = value;
}
