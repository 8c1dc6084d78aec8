using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Makes up the operations of one case, with as many processes as it forks.</summary>
internal sealed class OperationGenerator
{
    private const int MaxProcesses = 4;

    private readonly Random _random;
    private readonly OperationWeights _weights;
    private readonly ArgumentGenerator _make;
    private readonly List<int> _alive = [0];
    private int _processes = 1;

    internal OperationGenerator(Random random, FuzzPlace place)
    {
        _random = random;
        _weights = new OperationWeights(random, place.UsesHeap);
        _make = new ArgumentGenerator(random, place);
    }

    /// <summary>Who has not exited.</summary>
    internal IReadOnlyList<int> Alive => _alive;

    /// <summary>The next operation.</summary>
    internal ConformanceOperation Next()
    {
        int process = _alive[_random.Next(_alive.Count)];
        OperationKind kind = _weights.Draw(_random);
        return kind switch
        {
            OperationKind.Map => Map(process),
            OperationKind.Unmap => new UnmapOperation(process, _make.Address(), _make.Length()),
            OperationKind.Protect => new ProtectOperation(process, _make.Address(), _make.Length(), _make.Protection()),
            OperationKind.Remap => Remap(process),
            OperationKind.Advise => new AdviseOperation(process, _make.Address(), _make.Length(), _make.Advice()),
            OperationKind.Fork => Fork(process),
            OperationKind.Exit => Exit(process),
            OperationKind.Lock => new LockOperation(process, _make.Address(), _make.Length()),
            OperationKind.Unlock => new UnlockOperation(process, _make.Address(), _make.Length()),
            OperationKind.Sync => new SyncOperation(process, _make.Address(), _make.Length(), _make.Below(8)),
            OperationKind.Resident => new ResidentOperation(process, _make.Address(), _make.Length()),
            OperationKind.Layout => new LayoutOperation(process),
            OperationKind.Break => new BreakOperation(process, _make.HeapDistance()),
            _ => Access(process, kind),
        };
    }

    private ConformanceOperation Access(int process, OperationKind kind) => kind switch
    {
        OperationKind.Read => new ReadByteOperation(process, _make.AnyByte()),
        OperationKind.Write => new WriteByteOperation(process, _make.AnyByte(), _make.Value()),
        OperationKind.Fill => new FillOperation(process, _make.AnyByte(), ByteAmount.OfPages(_make.Below(4) + 1), _make.Value()),
        OperationKind.DeviceRead => new DeviceReadByteOperation(process, _make.AnyByte()),
        OperationKind.DeviceWrite => new DeviceWriteByteOperation(process, _make.AnyByte(), _make.Value()),
        OperationKind.ObjectRead => new ObjectReadOperation(process, _make.Object(), _make.AnyByte(), _make.TransferLength(), _make.ObjectOffset()),
        OperationKind.ObjectWrite => new ObjectWriteOperation(process, _make.Object(), _make.AnyByte(), _make.TransferLength(), _make.ObjectOffset()),
        OperationKind.ObjectReadByte => new ObjectReadByteOperation(process, _make.Object(), _make.ObjectOffset()),
        OperationKind.ObjectWriteByte => new ObjectWriteByteOperation(process, _make.Object(), _make.ObjectOffset(), _make.Value()),
        OperationKind.ObjectTruncate => new ObjectTruncateOperation(process, _make.Object(), _make.ObjectOffset()),
        _ => new ObjectPunchOperation(
            process, _make.Object(), _make.ObjectOffset(), _make.Rarely(3) ? _make.ObjectOffset() : ByteAmount.OfPages(_make.Below(4))),
    };

    private MapOperation Map(int process)
    {
        bool isAnonymous = !_make.Rarely(3);
        LinuxMapFlags flags = _make.MapFlags(isAnonymous);
        bool needsAddress = (flags & (LinuxMapFlags.Fixed | LinuxMapFlags.FixedNoReplace)) != 0;
        ObjectReference? target = _make.Rarely(40) ? ObjectReference.Bad : _make.Object();
        return new MapOperation(
            process,
            needsAddress || _make.Rarely(2) ? _make.Address() : null,
            _make.Length(),
            _make.Protection(),
            flags,
            isAnonymous ? null : target,
            _make.MapOffset());
    }

    private RemapOperation Remap(int process)
    {
        LinuxRemapFlags flags = _make.RemapFlags();
        ByteAmount oldLength = _make.Rarely(8) ? default : _make.Length();
        return new RemapOperation(process, _make.Address(), oldLength, _make.Rarely(2) ? oldLength : _make.Length(), flags, _make.Address());
    }

    private ConformanceOperation Fork(int process)
    {
        if (_processes == MaxProcesses)
        {
            return new ReadByteOperation(process, _make.AnyByte());
        }

        _alive.Add(_processes);
        return new ForkOperation(process, _processes++);
    }

    /// <summary>The first process stays.</summary>
    private ConformanceOperation Exit(int process)
    {
        if (process == 0)
        {
            return new LayoutOperation(process);
        }

        _alive.Remove(process);
        return new ExitOperation(process);
    }
}
