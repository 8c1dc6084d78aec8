using System.Globalization;

namespace MmuNotifiers.Lab.Traces.Import;

/// <content>System calls and page faults.</content>
internal sealed partial class PerfTextImporter
{
    /// <summary>The kernel's MAX_ERRNO: results from its negative to -1 are refusals.</summary>
    private const long MostErrno = 4095;

    private void ReadFault(in PerfLine line, bool inKernel)
    {
        PerfThread thread = ThreadOf(line);
        var cursor = new TextCursor(line.Details);
        if (!cursor.TryTakeUntil("address=", out _) || !cursor.TryTakeUntil(" ", out ReadOnlySpan<char> shown)
            || !cursor.TryTakeUntil("error_code=", out _) || !cursor.TryNumber(out ulong error) || error > uint.MaxValue)
        {
            throw _lines.Error("expected a page fault: address=0xADDRESS ip=WHERE error_code=0xCODE");
        }

        var number = new TextCursor(shown);
        if (!number.TryNumber(out ulong address) || !number.Rest.IsEmpty || address > UserAddressLimit)
        {
            _problems.Count("page faults on the kernel's own addresses");
            return;
        }

        if (!inKernel && thread.Exec is { } exec)
        {
            exec.Settle();
            thread.Exec = null;
        }

        SettleFork(thread);
        var fault = new PageFaultEvent(default, new VirtualAddress(address), (PageFaultError)error);
        if (!fault.WasPresent)
        {
            TakeEffectBefore(thread, line, AddressRange.OfPage(fault.Address));
        }

        EventSlot slot = _queue.Reserve(StampOf(thread, line));
        slot.Settle(fault with { Stamp = slot.Stamp });
    }

    private void ReadEntry(in PerfLine line, ReadOnlySpan<char> name)
    {
        if (!SystemCallTable.TryFind(name, out SystemCallKind kind))
        {
            _problems.Count("system calls that do not change an address space");
            return;
        }

        PerfThread thread = ThreadOf(line);
        CallArguments arguments = default;
        int count = 0;
        var cursor = new TextCursor(line.Details);
        while (count < CallArguments.Most && cursor.TryTakeUntil(": ", out _) && cursor.TryNumber(out ulong value))
        {
            arguments[count++] = value;
        }

        Enter(thread, kind, arguments, count);
    }

    /// <summary>raw_syscalls:sys_enter: <c>NR 9 (0, 2000, 3, 22, ffffffff, 0)</c>; sys_exit: <c>NR 9 = 140187732541440</c>.</summary>
    private void ReadRawCall(in PerfLine line, ReadOnlySpan<char> tracepoint)
    {
        var cursor = new TextCursor(line.Details);
        if (!cursor.TrySkip("NR ") || !cursor.TryInt32(out int number))
        {
            throw _lines.Error("expected a system call: NR NUMBER");
        }

        if (!SystemCallTable.TryFind(number, out SystemCallKind kind))
        {
            _problems.Count("system calls that do not change an address space");
            return;
        }

        PerfThread thread = ThreadOf(line);
        if (tracepoint is "sys_enter")
        {
            CallArguments arguments = default;
            int count = 0;
            for (bool more = cursor.TrySkip(" ("); more && count < CallArguments.Most; more = cursor.TrySkip(", "))
            {
                if (!cursor.TryHexDigits(out ulong value))
                {
                    throw _lines.Error("expected an argument in hexadecimal");
                }

                arguments[count++] = value;
            }

            Enter(thread, kind, arguments, count);
        }
        else if (cursor.TrySkip(" = ") && long.TryParse(cursor.Rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long result))
        {
            Return(thread, line, kind, result);
        }
        else
        {
            throw _lines.Error("expected a result: NR NUMBER = RESULT");
        }
    }

    private void ReadReturn(in PerfLine line, ReadOnlySpan<char> name)
    {
        if (!SystemCallTable.TryFind(name, out SystemCallKind kind))
        {
            _problems.Count("system calls that do not change an address space");
            return;
        }

        var cursor = new TextCursor(line.Details);
        if (!cursor.TryNumber(out ulong result))
        {
            throw _lines.Error("expected a result: 0xRESULT");
        }

        Return(ThreadOf(line), line, kind, (long)result);
    }

    private void Enter(PerfThread thread, SystemCallKind kind, in CallArguments arguments, int count)
    {
        if (count < SystemCallTable.ArgumentsOf(kind))
        {
            throw _lines.Error($"expected {SystemCallTable.ArgumentsOf(kind)} arguments of {kind}, found {count}");
        }

        SettleOpen(thread);
        thread.Call = kind < SystemCallKind.Clone ? new PendingCall { Kind = kind, Arguments = arguments } : null;
        if (thread.Call is { Discarded.IsEmpty: false })
        {
            _discarding.Add(thread);
        }

        thread.CloneFlags = kind switch
        {
            SystemCallKind.Clone when count > 0 => (LinuxCloneFlags)arguments[0],
            SystemCallKind.Fork => LinuxCloneFlags.None,
            SystemCallKind.VirtualFork => LinuxCloneFlags.SharedAddressSpace | LinuxCloneFlags.VirtualFork,
            _ => null,
        };
    }

    private void Return(PerfThread thread, in PerfLine line, SystemCallKind kind, long result)
    {
        SettleOpen(thread);
        thread.CloneFlags = null;
        if (thread.Call is not { } call)
        {
            return;
        }

        EndCall(thread);
        if (call.Kind != kind)
        {
            _problems.Count("system calls whose return was lost");
            call.Slot?.Settle(null);
            return;
        }

        EventSlot slot = call.Slot ?? _queue.Reserve(StampOf(thread, line));
        if (kind is SystemCallKind.Map && call.Mapped.IsEmpty && result is >= 0 or < -MostErrno)
        {
            NameByDescriptor(thread, call, slot);
        }

        slot.Settle(call.ToEvent(slot.Stamp, result));
    }

    /// <summary>Without the kernel's record of the mapping a file is known by its descriptor only.</summary>
    private void NameByDescriptor(PerfThread thread, PendingCall call, EventSlot slot)
    {
        if (((LinuxMapFlags)call.Arguments[3] & LinuxMapFlags.Anonymous) == 0)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"descriptor {(int)call.Arguments[4]} of process {thread.ProcessId}");
            call.FileId = _files.IdOf(name, 0, 0, call.Arguments[5] + call.Arguments[1], slot);
            _problems.Count("mapped files that the text names by their descriptor only");
        }
    }

    private void EndCall(PerfThread thread)
    {
        thread.Call = null;
        _discarding.Remove(thread);
    }

    /// <summary>A thread that goes on has ended its execve, and the flags of its fork will not come any more.</summary>
    private void SettleOpen(PerfThread thread)
    {
        if (thread.Exec is { } exec)
        {
            exec.Settle();
            thread.Exec = null;
        }

        SettleFork(thread);
    }

    private void SettleFork(PerfThread thread)
    {
        if (thread.Fork is not { } fork)
        {
            return;
        }

        bool isThread = fork.ChildProcessId == thread.ProcessId;
        if (thread.CloneFlags is null && !isThread)
        {
            _problems.Count("forks whose flags the text does not tell (taken as copies of the address space)");
        }

        fork.Settle(thread.CloneFlags ?? (isThread ? LinuxCloneFlags.Thread | LinuxCloneFlags.SharedAddressSpace : LinuxCloneFlags.None));
        thread.Fork = null;
    }

    /// <summary>Gives their place to calls of other threads that must have taken effect before something happens in this range.</summary>
    private void TakeEffectBefore(PerfThread thread, in PerfLine line, AddressRange range)
    {
        foreach (PerfThread other in _discarding)
        {
            if (other.ProcessId == thread.ProcessId && other != thread && other.Call is { Slot: null } call && call.Discarded.Overlaps(range))
            {
                call.Slot = _queue.Reserve(StampOf(other, line));
            }
        }
    }
}
