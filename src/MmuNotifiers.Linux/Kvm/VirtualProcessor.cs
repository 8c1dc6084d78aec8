using System.Runtime.InteropServices;
using MmuNotifiers.Linux.Kvm.Native;

namespace MmuNotifiers.Linux.Kvm;

/// <summary>
/// A processor of a virtual machine. One thread at a time runs it and reads and writes its registers; any thread may kick it. While it runs, the
/// thread is inside a system call, so that the garbage collector does not wait for it, whatever memory the guest waits for.
/// </summary>
public sealed unsafe partial class VirtualProcessor : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly MemoryMapping _page;
    private readonly Lock _lock = new();

    /// <summary>The thread in <see cref="Run"/>, 0 for none; guarded by <see cref="_lock"/>, so that no kick goes to a thread that left.</summary>
    private int _runner;

    /// <summary>Whether somebody called <see cref="Kick"/> since the last exit for it; guarded by <see cref="_lock"/>.</summary>
    private bool _isKicked;

    /// <summary>A page that was lost since the last exit for one; guarded by <see cref="_lock"/>.</summary>
    private GuestPhysicalAddress? _lostPage;

    internal VirtualProcessor(FileDescriptor descriptor, int number, int pageBytes)
    {
        if (pageBytes < RunPage.LengthBytes)
        {
            throw new LinuxException("ioctl(KVM_GET_VCPU_MMAP_SIZE)", Errno.Invalid);
        }

        KickSignal.Prepare();
        Number = number;
        _descriptor = descriptor;
        _page = MemoryMapping.Shared(descriptor, (nuint)pageBytes);
        Field<ulong>(RunPage.ValidRegisters) = RunPage.GeneralSet | RunPage.SpecialSet;
        Fetch(KvmRequest.GetRegisters, RunPage.Registers, "KVM_GET_REGS");
        Fetch(KvmRequest.GetSpecialRegisters, RunPage.SpecialRegisters, "KVM_GET_SREGS");
    }

    /// <summary>Its number in the machine, from 0 on.</summary>
    public int Number { get; }

    /// <summary>How often the guest was entered.</summary>
    public long Entries { get; private set; }

    /// <summary>The general registers, as they were at the last exit or were set since. What is set counts from the next entry on.</summary>
    public ProcessorRegisters Registers
    {
        get => Field<ProcessorRegisters>(RunPage.Registers);
        set
        {
            Field<ProcessorRegisters>(RunPage.Registers) = value;
            Field<ulong>(RunPage.DirtyRegisters) |= RunPage.GeneralSet;
        }
    }

    /// <summary>Segments, tables and control registers, as they were at the last exit or were set since. What is set counts from the next entry on.</summary>
    public SpecialRegisters SpecialRegisters
    {
        get => Field<SpecialRegisters>(RunPage.SpecialRegisters);
        set
        {
            Field<SpecialRegisters>(RunPage.SpecialRegisters) = value;
            Field<ulong>(RunPage.DirtyRegisters) |= RunPage.SpecialSet;
        }
    }

    /// <summary>Runs the guest on the calling thread until it comes back. Blocks; takes no lock meanwhile.</summary>
    /// <exception cref="InvalidOperationException">Another thread runs it.</exception>
    /// <exception cref="LinuxException">The kernel refuses the registers that were set, or the processor altogether.</exception>
    public VirtualProcessorExit Run()
    {
        Enter();
        try
        {
            while (true)
            {
                Entries++;
                int error = Libc.Control(_descriptor, KvmRequest.Run, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
                switch (error)
                {
                    case 0:
                        return Decode();
                    case Errno.Interrupted or Errno.TryAgain:
                        if (TakeKick() is { } exit)
                        {
                            return exit;
                        }

                        break;
                    case Errno.BadAddress:
                        return new VirtualProcessorExit(VirtualProcessorExitKind.NoMemory, FaultAddress());
                    case Errno.LostPage:
                        return new VirtualProcessorExit(VirtualProcessorExitKind.LostMemory, FaultAddress());
                    default:
                        throw new LinuxException("ioctl(KVM_RUN)", error);
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Ends the present run, or the next one at its beginning if there is none, as <see cref="VirtualProcessorExitKind.Kicked"/>; several kicks
    /// before that count as one. Never blocks for long.
    /// </summary>
    /// <remarks>
    /// <code>
    /// kicker                              runner
    /// immediate_exit = 1
    ///                                     KVM_RUN: sees immediate_exit, comes back
    ///                                 or: has looked before: is inside
    /// signal to the runner's thread       comes back for the signal
    /// </code>
    /// Whichever comes first, the runner comes back: the signal is for one that has looked already, the flag for one that has not yet entered.
    /// </remarks>
    public void Kick()
    {
        lock (_lock)
        {
            _isKicked = true;
            LeaveGuestLocked();
        }
    }

    /// <summary>Says what the guest gets from the port or the device that it is reading: counts for the exit that came last.</summary>
    /// <exception cref="InvalidOperationException">The last exit was no read.</exception>
    public void AnswerRead(ulong value)
    {
        int offset = (ExitReason)Field<uint>(RunPage.ExitReason) switch
        {
            ExitReason.Port when Field<byte>(RunPage.PortDirection) == 0 => (int)Field<ulong>(RunPage.PortDataOffset),
            ExitReason.Memory when Field<byte>(RunPage.MemoryIsWrite) == 0 => RunPage.MemoryData,
            _ => throw new InvalidOperationException("The guest is not reading a port or a device."),
        };
        Field<ulong>(offset) = value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _page.Dispose();
            _descriptor.Dispose();
        }
    }

    /// <summary>Ends the present run or the next one: a page of the guest's memory is lost. Never blocks for long.</summary>
    internal void TellLost(GuestPhysicalAddress page)
    {
        lock (_lock)
        {
            _lostPage ??= page;
            LeaveGuestLocked();
        }
    }

    private void Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_page.IsClosed, this);
            if (_runner != 0)
            {
                throw new InvalidOperationException($"Thread {_runner} runs processor {Number}.");
            }

            _runner = Libc.GetThreadId();
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _runner = 0;
        }
    }

    private void LeaveGuestLocked()
    {
        if (_page.IsClosed)
        {
            return;
        }

        Volatile.Write(ref Field<byte>(RunPage.ImmediateExit), 1);
        if (_runner != 0)
        {
            KickSignal.Send(_runner);
        }
    }

    /// <summary>Why the guest was left; null if it was for another signal. A lost page comes before a kick, which then ends the next run.</summary>
    private VirtualProcessorExit? TakeKick()
    {
        lock (_lock)
        {
            VirtualProcessorExit? exit = null;
            if (_lostPage is { } page)
            {
                exit = new VirtualProcessorExit(VirtualProcessorExitKind.LostMemory, page.Value);
                _lostPage = null;
            }
            else if (_isKicked)
            {
                exit = new VirtualProcessorExit(VirtualProcessorExitKind.Kicked);
                _isKicked = false;
            }

            Field<byte>(RunPage.ImmediateExit) = _isKicked ? (byte)1 : (byte)0;
            return exit;
        }
    }
}
