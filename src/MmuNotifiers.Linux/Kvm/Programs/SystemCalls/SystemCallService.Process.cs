using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MmuNotifiers.Linux.Kvm.Programs.Files;
using MmuNotifiers.Linux.Kvm.Programs.Loading;
using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>The process itself: who it is, its limits, its thread's segments, its end.</summary>
internal sealed partial class SystemCallService
{
    private const int ProcessId = 2;
    private const int ParentId = 1;

    /// <summary>The base of FS, where the thread keeps its own data.</summary>
    public ulong FsBase { get; private set; }

    /// <summary>The base of GS.</summary>
    public ulong GsBase { get; private set; }

    /// <summary>Whether a base changed since it was last set in the processor.</summary>
    public bool BasesChanged { get; private set; }

    /// <summary>Says that the processor has the bases.</summary>
    public void BasesAreSet() => BasesChanged = false;

    private long ServeProcess(ulong number, in SystemCallArguments a) => number switch
    {
        25 => Resize(a),
        39 or 186 or 218 => ProcessId,
        60 or 231 => Exit(a.First),
        63 => NameSystem(a.First),
        89 => ReadLink(CurrentDirectory, a.First, a.Second, a.Third),
        95 => 0x12,
        96 => GetTimeOfDay(a.First),
        97 => GetLimit(a.First, a.Second),
        98 => GetUsage(a.Second),
        99 => GetMemory(a.First),
        102 or 107 => (long)_identity.UserId,
        104 or 108 => (long)_identity.GroupId,
        110 => ParentId,
        111 => ProcessId,
        115 => 0,
        121 or 124 => ProcessId,
        131 => 0,
        157 => ControlProcess(a.First),
        158 => SetBase(a.First, a.Second),
        200 => Raise((int)a.First, (int)a.Second),
        201 => GetSeconds(a.First),
        202 => WakeOthers(a),
        204 => GetProcessors(a.Second, a.Third),
        228 => GetTime(a.First, a.Second),
        229 => GetResolution(a.Second),
        230 => SleepByClock(a),
        234 => Raise((int)a.Second, (int)a.Third),
        273 => 0,
        302 => a.Third != 0 ? -Errno.NotPermitted : GetLimit(a.Second, a.Fourth),
        318 => GetRandom(a),
        334 => -Errno.NoSystemCall,
        _ => Refuse(number),
    };

    private long Exit(ulong code)
    {
        End = ProgramEnd.Exit(code);
        return 0;
    }

    private long NameSystem(ulong address)
    {
        const int FieldBytes = 65;
        Version version = Environment.OSVersion.Version;
        string[] names = ["Linux", Environment.MachineName, $"{version.Major}.{version.Minor}.{version.Build}", "#1 MmuNotifiers", "x86_64", "(none)"];
        byte[] bytes = new byte[FieldBytes * names.Length];
        for (int index = 0; index < names.Length; index++)
        {
            _ = Encoding.UTF8.TryGetBytes(names[index], bytes.AsSpan(index * FieldBytes, FieldBytes - 1), out int _);
        }

        return Give(address, bytes);
    }

    private long GetLimit(ulong resource, ulong address)
    {
        const ulong Stack = 3;
        const ulong Files = 7;
        const ulong Most = 16;
        if (resource >= Most)
        {
            return -Errno.Invalid;
        }

        ulong limit = resource switch
        {
            Stack => ProgramLoader.StackBytes,
            Files => GuestDescriptors.Most,
            _ => ulong.MaxValue,
        };
        byte[] bytes = new byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, limit);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(sizeof(ulong)), limit);
        return address == 0 ? 0 : Give(address, bytes);
    }

    private long GetMemory(ulong address)
    {
        const int Bytes = 112;
        const int TotalOffset = 32;
        const int FreeOffset = 40;
        const int ProcessesOffset = 80;
        const int UnitOffset = 104;
        byte[] bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Environment.TickCount64 / 1000);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(TotalOffset), _space.MemoryPages << Page.Shift);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(FreeOffset), _space.FreePages << Page.Shift);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(ProcessesOffset), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(UnitOffset), 1);
        return Give(address, bytes);
    }

    private static long ControlProcess(ulong operation)
    {
        const ulong SetName = 15;
        return operation == SetName ? 0 : -Errno.Invalid;
    }

    private long SetBase(ulong operation, ulong value)
    {
        const ulong SetGs = 0x1001;
        const ulong SetFs = 0x1002;
        const ulong GetFs = 0x1003;
        const ulong GetGs = 0x1004;
        if (operation is SetFs or SetGs)
        {
            if (value >= GuestAddressSpace.End)
            {
                return -Errno.NotPermitted;
            }

            FsBase = operation == SetFs ? value : FsBase;
            GsBase = operation == SetGs ? value : GsBase;
            BasesChanged = true;
            return 0;
        }

        return operation is GetFs or GetGs ? Give(value, BitConverter.GetBytes(operation == GetFs ? FsBase : GsBase)) : -Errno.Invalid;
    }

    /// <summary>futex: there is no other thread to wake, and none that could wake this one.</summary>
    private long WakeOthers(in SystemCallArguments a)
    {
        const ulong OperationMask = 0x7f;
        const ulong Wake = 1;
        const ulong WakeBits = 10;
        return (a.Second & OperationMask) is Wake or WakeBits ? 0 : Refuse(202);
    }

    private long GetProcessors(ulong bytes, ulong address)
    {
        byte[] mask = new byte[sizeof(ulong)];
        mask[0] = 1;
        if (bytes < sizeof(ulong))
        {
            return -Errno.Invalid;
        }

        long error = Give(address, mask);
        return error < 0 ? error : mask.Length;
    }

    private long GetRandom(in SystemCallArguments a)
    {
        ulong bytes = Math.Min(a.Second, PieceBytes);
        RandomNumberGenerator.Fill(_piece.AsSpan(0, (int)bytes));
        long error = Give(a.First, _piece.AsSpan(0, (int)bytes));
        return error < 0 ? error : (long)bytes;
    }
}
