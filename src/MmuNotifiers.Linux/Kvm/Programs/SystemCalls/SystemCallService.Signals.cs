using System.Buffers.Binary;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>Signals: what the program wants done is kept, and told when asked; no handler is ever run.</summary>
internal sealed partial class SystemCallService
{
    private const int Signals = 64;
    private const int ActionBytes = 32;
    private const ulong DefaultHandler = 0;
    private const ulong IgnoreHandler = 1;

    private readonly byte[][] _actions = new byte[Signals + 1][];
    private ulong _signalMask;

    private long SetSignalAction(in SystemCallArguments a)
    {
        const int Kill = 9;
        const int Stop = 19;
        if (a.First is 0 or > Signals || a.Fourth != sizeof(ulong))
        {
            return -Errno.Invalid;
        }

        byte[] next = new byte[ActionBytes];
        if (a.Second != 0 && (!_space.TryRead(new VirtualAddress(a.Second), next) || a.First is Kill or Stop))
        {
            return a.First is Kill or Stop ? -Errno.Invalid : -Errno.BadAddress;
        }

        byte[] previous = _actions[a.First] ?? new byte[ActionBytes];
        if (a.Third != 0 && Give(a.Third, previous) < 0)
        {
            return -Errno.BadAddress;
        }

        if (a.Second != 0)
        {
            _actions[a.First] = next;
        }

        return 0;
    }

    private long SetSignalMask(in SystemCallArguments a)
    {
        const ulong Block = 0;
        const ulong Unblock = 1;
        const ulong Set = 2;
        byte[] bytes = new byte[sizeof(ulong)];
        if (a.Fourth != sizeof(ulong) || (a.Second != 0 && a.First > Set))
        {
            return -Errno.Invalid;
        }

        if (a.Second != 0 && !_space.TryRead(new VirtualAddress(a.Second), bytes))
        {
            return -Errno.BadAddress;
        }

        ulong previous = _signalMask;
        ulong given = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _signalMask = (a.Second, a.First) switch
        {
            (0, _) => previous,
            (_, Block) => previous | given,
            (_, Unblock) => previous & ~given,
            _ => given,
        };
        return a.Third == 0 ? 0 : Give(a.Third, BitConverter.GetBytes(previous));
    }

    /// <summary>A signal that the program sends to itself ends it, unless it ignores it or Linux would.</summary>
    private long Raise(int process, int signal)
    {
        const int Child = 17;
        const int Continue = 18;
        const int Urgent = 23;
        const int WindowChange = 28;
        if (signal is < 0 or > Signals)
        {
            return -Errno.Invalid;
        }

        if (process is not (ProcessId or 0 or -ProcessId))
        {
            return -Errno.NoProcess;
        }

        ulong handler = HandlerOf(signal);
        bool isIgnored = handler == IgnoreHandler || (handler == DefaultHandler && signal is Child or Continue or Urgent or WindowChange);
        if (signal != 0 && !isIgnored)
        {
            End = ProgramEnd.By(
                (GuestSignal)signal,
                handler == DefaultHandler ? "the program sent it to itself" : "the program sent it to itself, and handlers of signals are not run");
        }

        return 0;
    }

    /// <summary>Who writes to a pipe that nobody reads gets SIGPIPE, unless it ignores that.</summary>
    private long NoticePipe(long error)
    {
        if (error == -Errno.BrokenPipe && HandlerOf((int)GuestSignal.Pipe) != IgnoreHandler)
        {
            End = ProgramEnd.By(GuestSignal.Pipe, "nobody reads what the program writes");
        }

        return error;
    }

    private ulong HandlerOf(int signal) =>
        signal > 0 && _actions[signal] is { } action ? BinaryPrimitives.ReadUInt64LittleEndian(action) : DefaultHandler;
}
