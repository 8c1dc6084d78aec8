using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Makes up operations: mostly sensible ones that meet each other in a small window, now and then a wrong one.</summary>
internal sealed class OperationGenerator
{
    private const int MaxProcesses = 4;
    private const int MaxObjectPages = 8;

    private static readonly LinuxProtection[] Protections =
    [
        LinuxProtection.None, LinuxProtection.Read, LinuxProtection.Read | LinuxProtection.Write, LinuxProtection.Read | LinuxProtection.Write,
        LinuxProtection.Read | LinuxProtection.Write, LinuxProtection.Write, LinuxProtection.Read | LinuxProtection.Execute,
        LinuxProtection.Read | LinuxProtection.Write | LinuxProtection.Execute,
    ];

    private static readonly LinuxAdvice[] Advices =
    [
        LinuxAdvice.Normal, LinuxAdvice.Random, LinuxAdvice.WillNeed, LinuxAdvice.DontNeed, LinuxAdvice.DontNeed, LinuxAdvice.Free,
        LinuxAdvice.Remove, LinuxAdvice.DontFork, LinuxAdvice.DoFork, LinuxAdvice.WipeOnFork, LinuxAdvice.KeepOnFork, LinuxAdvice.Cold,
        LinuxAdvice.PageOut, LinuxAdvice.PopulateRead, LinuxAdvice.PopulateWrite, LinuxAdvice.DontNeedLocked, LinuxAdvice.GuardInstall,
        LinuxAdvice.GuardInstall, LinuxAdvice.GuardRemove, LinuxAdvice.DontDump, (LinuxAdvice)77,
    ];

    private readonly Random _random;
    private readonly int _windowPages;
    private readonly int _objects;
    private readonly List<int> _alive = [0];
    private int _processes = 1;

    internal OperationGenerator(Random random, int windowPages, int objects)
    {
        _random = random;
        _windowPages = windowPages;
        _objects = objects;
    }

    /// <summary>The next operation.</summary>
    internal ConformanceOperation Next()
    {
        int process = _alive[_random.Next(_alive.Count)];
        return _random.Next(100) switch
        {
            < 20 => Map(process),
            < 26 => new UnmapOperation(process, Address(), Length()),
            < 36 => new ProtectOperation(process, Address(), Length(), OneOf(Protections)),
            < 48 => Remap(process),
            < 58 => new AdviseOperation(process, Address(), Length(), OneOf(Advices)),
            < 62 => Fork(process),
            < 63 => Exit(process),
            < 70 => new ReadByteOperation(process, AnyByte()),
            < 80 => new WriteByteOperation(process, AnyByte(), Value()),
            < 83 => new FillOperation(process, Address(), ByteAmount.OfPages(_random.Next(1, 5)), Value()),
            < 85 => new LockOperation(process, Address(), Length()),
            < 87 => new UnlockOperation(process, Address(), Length()),
            < 88 => new SyncOperation(process, Address(), Length(), _random.Next(8)),
            < 89 => new ResidentOperation(process, Address(), Length()),
            < 90 => new LayoutOperation(process),
            _ => OnObject(process),
        };
    }

    private MapOperation Map(int process)
    {
        bool isAnonymous = _random.Next(3) > 0;
        LinuxMapFlags flags = _random.Next(3) == 0 ? LinuxMapFlags.Shared : LinuxMapFlags.Private;
        flags |= isAnonymous ? LinuxMapFlags.Anonymous : 0;
        flags |= _random.Next(10) switch
        {
            < 6 => LinuxMapFlags.Fixed,
            < 7 => LinuxMapFlags.FixedNoReplace,
            _ => 0,
        };
        flags |= Rarely(10) ? LinuxMapFlags.NoReserve : 0;
        flags |= Rarely(12) ? LinuxMapFlags.Populate : 0;
        flags |= Rarely(30) ? LinuxMapFlags.Locked : 0;
        flags |= Rarely(12) ? LinuxMapFlags.GrowsDown : 0;
        flags = Rarely(60) ? flags ^ LinuxMapFlags.Private : flags;
        bool needsAddress = (flags & (LinuxMapFlags.Fixed | LinuxMapFlags.FixedNoReplace)) != 0;
        return new MapOperation(
            process,
            needsAddress || Rarely(2) ? Address() : null,
            Length(),
            OneOf(Protections),
            flags,
            isAnonymous ? null : Rarely(40) ? ObjectReference.Bad : Reference(),
            Rarely(40) ? new ByteAmount((ulong)_random.Next(5000)) : ByteAmount.OfPages(_random.Next(4)));
    }

    private RemapOperation Remap(int process)
    {
        LinuxRemapFlags flags = (LinuxRemapFlags)_random.Next(8);
        flags |= Rarely(3) ? 0 : LinuxRemapFlags.MayMove;
        ByteAmount oldLength = Rarely(8) ? default : Length();
        return new RemapOperation(process, Address(), oldLength, Rarely(2) ? oldLength : Length(), flags, Address());
    }

    private ConformanceOperation Fork(int process)
    {
        if (_processes == MaxProcesses)
        {
            return new ReadByteOperation(process, AnyByte());
        }

        _alive.Add(_processes);
        return new ForkOperation(process, _processes++);
    }

    private ConformanceOperation Exit(int process)
    {
        if (process == 0)
        {
            return new LayoutOperation(process);
        }

        _alive.Remove(process);
        return new ExitOperation(process);
    }

    private ConformanceOperation OnObject(int process) => _random.Next(6) switch
    {
        0 => new ObjectReadOperation(process, Reference(), AnyByte(), new ByteAmount((ulong)_random.Next(9000)), AnyOffset()),
        1 => new ObjectWriteOperation(process, Reference(), AnyByte(), new ByteAmount((ulong)_random.Next(9000)), AnyOffset()),
        2 => new ObjectReadByteOperation(process, Reference(), AnyOffset()),
        3 => new ObjectWriteByteOperation(process, Reference(), AnyOffset(), Value()),
        4 => new ObjectTruncateOperation(process, Reference(), AnyOffset()),
        _ => new ObjectPunchOperation(process, Reference(), AnyOffset(), Rarely(3) ? AnyOffset() : ByteAmount.OfPages(_random.Next(4))),
    };

    private ObjectReference Reference() => new(_random.Next(_objects), _random.Next(12) switch
    {
        0 => AccessRights.Read,
        1 => AccessRights.Write,
        _ => AccessRights.ReadWrite,
    });

    private ByteAmount Address() => Rarely(40)
        ? new ByteAmount((ulong)_random.Next(_windowPages * Page.SizeBytes))
        : ByteAmount.OfPages(_random.Next(_windowPages));

    private ByteAmount AnyByte() => Rarely(3)
        ? new ByteAmount((ulong)_random.Next(_windowPages * Page.SizeBytes))
        : ByteAmount.OfPages(_random.Next(_windowPages));

    private ByteAmount AnyOffset() => Rarely(2)
        ? new ByteAmount((ulong)_random.Next(MaxObjectPages * Page.SizeBytes))
        : ByteAmount.OfPages(_random.Next(MaxObjectPages));

    private ByteAmount Length() => _random.Next(60) switch
    {
        0 => default,
        1 => new ByteAmount((ulong)_random.Next(1, 9000)),
        2 => new ByteAmount(ulong.MaxValue - (ulong)_random.Next(9000)),
        3 => ByteAmount.OfPages(_random.Next(1, _windowPages * 2)),
        _ => ByteAmount.OfPages(_random.Next(1, 7)),
    };

    private byte Value() => (byte)_random.Next(1, 256);

    private bool Rarely(int oneIn) => _random.Next(oneIn) == 0;

    private T OneOf<T>(T[] values) => values[_random.Next(values.Length)];
}
