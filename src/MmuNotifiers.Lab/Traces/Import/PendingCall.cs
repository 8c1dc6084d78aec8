namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>A system call that was entered and has not returned yet.</summary>
internal sealed class PendingCall
{
    public required SystemCallKind Kind { get; init; }

    public required CallArguments Arguments { get; init; }

    /// <summary>Where the call stands in the output, once it is known to have taken effect.</summary>
    public EventSlot? Slot { get; set; }

    /// <summary>The file that the call mapped, 0 for none.</summary>
    public int FileId { get; set; }

    /// <summary>What was mapped, as the kernel reported it; empty if it did not.</summary>
    public AddressRange Mapped { get; set; }

    /// <summary>The range that the call takes pages away from while it runs; empty for other calls.</summary>
    public AddressRange Discarded
    {
        get
        {
            bool discards = Kind is SystemCallKind.Unmap
                || (Kind is SystemCallKind.Advise && (LinuxAdvice)Arguments[2] is LinuxAdvice.DontNeed or LinuxAdvice.DontNeedLocked);
            ulong start = Arguments[0];
            ulong length = Arguments[1];
            return discards && length < ulong.MaxValue - start
                ? new AddressRange(new VirtualAddress(start), new VirtualAddress(start + length))
                : default;
        }
    }

    /// <summary>The call as an event.</summary>
    public SystemCallEvent ToEvent(TraceStamp stamp, long result)
    {
        var address = new VirtualAddress(Arguments[0]);
        ulong length = Arguments[1];
        return Kind switch
        {
            SystemCallKind.Map => new MapCall(
                stamp, result, address, length, (LinuxProtection)Arguments[2], (LinuxMapFlags)Arguments[3], FileId, Arguments[5]),
            SystemCallKind.Unmap => new UnmapCall(stamp, result, address, length),
            SystemCallKind.Protect => new ProtectCall(stamp, result, address, length, (LinuxProtection)Arguments[2], -1),
            SystemCallKind.ProtectWithKey => new ProtectCall(
                stamp, result, address, length, (LinuxProtection)Arguments[2], (int)Arguments[3]),
            SystemCallKind.Remap => new RemapCall(
                stamp, result, address, length, Arguments[2], (LinuxRemapFlags)Arguments[3], new VirtualAddress(Arguments[4])),
            SystemCallKind.Advise => new AdviseCall(stamp, result, address, length, (LinuxAdvice)(int)Arguments[2]),
            SystemCallKind.Break => new BreakCall(stamp, result, address),
            SystemCallKind.RemapFilePages => new RemapFilePagesCall(
                stamp, result, address, length, (LinuxProtection)Arguments[2], Arguments[3], (LinuxMapFlags)Arguments[4]),
            SystemCallKind.Lock => new LockCall(stamp, result, address, length, 0),
            SystemCallKind.Lock2 => new LockCall(stamp, result, address, length, (uint)Arguments[2]),
            SystemCallKind.Unlock => new UnlockCall(stamp, result, address, length),
            SystemCallKind.LockAll => new LockAllCall(stamp, result, (uint)Arguments[0]),
            SystemCallKind.UnlockAll => new UnlockAllCall(stamp, result),
            SystemCallKind.AttachShared => new AttachSharedCall(
                stamp, result, (int)Arguments[0], new VirtualAddress(Arguments[1]), (uint)Arguments[2], FileId, Mapped.LengthBytes),
            SystemCallKind.DetachShared => new DetachSharedCall(stamp, result, address),
            SystemCallKind.ProcessAdvise => new ProcessAdviseCall(
                stamp, result, (int)Arguments[0], new VirtualAddress(Arguments[1]), Arguments[2], (LinuxAdvice)(int)Arguments[3], (uint)Arguments[4]),
            SystemCallKind.Sync => new SyncCall(stamp, result, address, length, (uint)Arguments[2]),
            _ => throw new InvalidOperationException($"{Kind} is no address-space call."),
        };
    }
}
