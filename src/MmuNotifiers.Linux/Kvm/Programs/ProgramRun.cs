using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Linux.Kvm.Programs.Memory;
using MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>Runs a program from exit to exit.</summary>
/// <remarks>
/// <code>
/// program: syscall                     the processor goes to the entry that IA32_LSTAR names
/// entry:   out 0x70, al                leaves the guest: KVM_RUN returns
/// monitor: RAX and the arguments       served; the answer goes into RAX
///          RIP = RCX, flags = R11      where syscall left them; privilege level 3 again where the processor left it
/// </code>
/// Exceptions take the same way through the interrupt table: <c>out 0x80 + n</c>, with what the processor pushed on the stack of exceptions. A program
/// that jumps to a stub or uses a port itself is told from that by where it stands and at which level.
/// </remarks>
internal sealed class ProgramRun
{
    private const ushort PrivilegeMask = 3;

    /// <summary>Carry, parity, adjust, zero, sign, trap, direction, overflow, alignment check, identification: what a program can set.</summary>
    private const ulong UserFlags = 0x24_0dd5;

    /// <summary>How often a limit of processor time and the caller's wish to end are looked at while the program computes.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly ProgramMachine _machine;
    private readonly SystemCallService _calls;
    private readonly TimeSpan? _limit;
    private readonly CancellationToken _cancellation;
    private ProgramEnd? _end;

    /// <summary>Prepares a run.</summary>
    /// <param name="machine">The program's machine, loaded.</param>
    /// <param name="calls">Who serves its calls.</param>
    /// <param name="processorTimeLimit">How much processor time it gets; null for no limit.</param>
    /// <param name="cancellation">Ends it.</param>
    public ProgramRun(ProgramMachine machine, SystemCallService calls, TimeSpan? processorTimeLimit, CancellationToken cancellation)
    {
        _machine = machine;
        _calls = calls;
        _limit = processorTimeLimit;
        _cancellation = cancellation;
    }

    /// <summary>How often the processor left the guest.</summary>
    public long Exits { get; private set; }

    /// <summary>How many page faults were served.</summary>
    public long PageFaults { get; private set; }

    /// <summary>How often translations had to be forgotten.</summary>
    public long ForgottenTranslations { get; private set; }

    /// <summary>Runs the program on the calling thread. Blocks until it ends.</summary>
    public ProgramEnd Execute(VirtualAddress entry, VirtualAddress stack)
    {
        VirtualProcessor processor = _machine.Processor;
        _machine.EnterUser(fsBase: 0, gsBase: 0);
        processor.Registers = new ProcessorRegisters { Rip = entry.Value, Rsp = stack.Value, Rflags = LongMode.InitialFlags };
        TimeSpan start = ThreadClock.Read();
        using Timer? check = _limit is null ? null : new Timer(_ => processor.Kick(), null, CheckInterval, CheckInterval);
        using CancellationTokenRegistration cancelled = _cancellation.Register(processor.Kick);
        while (_end is null)
        {
            if (_machine.Space.MustForgetTranslations)
            {
                _machine.ForgetTranslations();
                ForgottenTranslations++;
            }

            VirtualProcessorExit exit = processor.Run();
            Exits++;
            Handle(exit);
            _end ??= _calls.End;
            if (_cancellation.IsCancellationRequested)
            {
                _end ??= ProgramEnd.By(GuestSignal.Interrupt, "its caller ended it");
            }
            else if (_limit is { } limit && exit.Kind == VirtualProcessorExitKind.Kicked && ThreadClock.Read() - start > limit)
            {
                _end ??= ProgramEnd.By(GuestSignal.ProcessorTime, $"it used more than {limit.TotalSeconds:0.###} s of processor time");
            }
        }

        return _end;
    }

    private void Handle(VirtualProcessorExit exit)
    {
        ProcessorRegisters registers = _machine.Processor.Registers;
        switch (exit.Kind)
        {
            case VirtualProcessorExitKind.Kicked:
                break;
            case VirtualProcessorExitKind.PortWrite when exit.Port == GuestPort.SystemCall && GuestFirmware.IsAt(registers.Rip, GuestFirmware.SystemCallEntry):
                ServeCall(registers);
                break;
            case VirtualProcessorExitKind.PortWrite when exit.Port is >= GuestPort.FirstException and < GuestPort.FirstException + GuestPort.Exceptions
                && !IsUser() && GuestFirmware.IsAt(registers.Rip, GuestFirmware.ExceptionEntry(exit.Port - GuestPort.FirstException)):
                ServeException(_machine.ReadException(exit.Port - GuestPort.FirstException), registers);
                break;
            case VirtualProcessorExitKind.PortWrite or VirtualProcessorExitKind.PortRead:
                _end = ProgramEnd.By(GuestSignal.Segmentation, $"access to port 0x{exit.Port:x} at {new VirtualAddress(registers.Rip)}");
                break;
            case VirtualProcessorExitKind.NoMemory or VirtualProcessorExitKind.LostMemory:
                _end = ProgramEnd.By(
                    GuestSignal.Bus, $"its instruction at {new VirtualAddress(registers.Rip)} met a page whose contents the swap store lost");
                break;
            default:
                _end = ProgramEnd.By(GuestSignal.IllegalInstruction, $"the guest cannot go on at {new VirtualAddress(registers.Rip)}: {exit}");
                break;
        }
    }

    private void ServeCall(in ProcessorRegisters registers)
    {
        long answer = _calls.Serve(registers.Rax, SystemCallArguments.Of(registers));
        if (_calls.End is not null)
        {
            return;
        }

        _machine.Processor.Registers = registers with { Rax = (ulong)answer, Rip = registers.Rcx, Rflags = Sanitized(registers.R11) };
        ReturnToUser();
    }

    private void ServeException(ExceptionFrame frame, in ProcessorRegisters registers)
    {
        GuestFault? fault = frame.IsPageFault ? _machine.Space.Fault(frame.FaultAddress, frame.Access) : null;
        switch (fault)
        {
            case GuestFault.Served:
                PageFaults++;
                _machine.Processor.Registers = registers with
                {
                    Rip = frame.InstructionPointer, Rsp = frame.StackPointer, Rflags = Sanitized(frame.Flags),
                };
                ReturnToUser();
                break;
            case GuestFault.OutOfMemory:
                _end = ProgramEnd.By(GuestSignal.Kill, $"out of memory: all {_machine.Space.MemoryPages} pages of its guest are used");
                break;
            default:
                string cause = fault == GuestFault.Denied ? ", which it may not" : fault == GuestFault.NotMapped ? ", where nothing is mapped" : string.Empty;
                _end = ProgramEnd.By(frame.Signal, $"{frame.Name} at {new VirtualAddress(frame.InstructionPointer)}{cause}");
                break;
        }
    }

    /// <summary>Goes back to privilege level 3 where the processor left it, and gives it the thread's segments where they changed.</summary>
    private void ReturnToUser()
    {
        if (!IsUser() || _calls.BasesChanged)
        {
            _machine.EnterUser(_calls.FsBase, _calls.GsBase);
            _calls.BasesAreSet();
        }
    }

    private bool IsUser() => (_machine.Processor.SpecialRegisters.Cs.Selector & PrivilegeMask) == PrivilegeMask;

    private static ulong Sanitized(ulong flags) => (flags & UserFlags) | LongMode.InitialFlags;
}
