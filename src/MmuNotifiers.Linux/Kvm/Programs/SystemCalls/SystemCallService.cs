using MmuNotifiers.Linux.Kvm.Programs.Files;
using MmuNotifiers.Linux.Kvm.Programs.Loading;
using MmuNotifiers.Linux.Kvm.Programs.Memory;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>
/// The system calls of a program, served outside its guest: so much of Linux as a static program needs that reads files and standard input, computes
/// in memory, and writes to standard output. One process, one thread, no handlers of signals, nothing of the host's is changed. Addresses that come from
/// the program are never used as pointers. Not safe from several threads.
/// </summary>
internal sealed partial class SystemCallService : IDisposable
{
    /// <summary>Bytes pass between the program and its files in pieces of this many.</summary>
    private const int PieceBytes = 64 << 10;

    private readonly GuestAddressSpace _space;
    private readonly GuestRoot _root;
    private readonly ProgramIdentity _identity;
    private readonly string _programPath;
    private readonly CancellationToken _cancellation;
    private readonly GuestDescriptors _files = new();
    private readonly byte[] _piece = new byte[PieceBytes];

    /// <summary>Makes the process of a program that was loaded.</summary>
    /// <param name="space">Its address space.</param>
    /// <param name="root">The files that it sees.</param>
    /// <param name="program">Who runs it, where it lies, and what its standard streams are.</param>
    /// <param name="heapStart">Where its heap begins.</param>
    /// <param name="cancellation">Ends waits.</param>
    public SystemCallService(
        GuestAddressSpace space, GuestRoot root, ProgramSetting program, VirtualAddress heapStart, CancellationToken cancellation)
    {
        _space = space;
        _root = root;
        _identity = program.Identity;
        _programPath = program.Path;
        _heapStart = heapStart;
        _break = heapStart;
        _cancellation = cancellation;
        _ = _files.Add(new StreamFile(program.Input));
        _ = _files.Add(new StreamFile(program.Output));
        _ = _files.Add(new StreamFile(program.Error));
    }

    /// <summary>What was called.</summary>
    public SystemCallCounts Counts { get; } = new();

    /// <summary>How the program ended; null as long as it goes on.</summary>
    public ProgramEnd? End { get; private set; }

    /// <summary>Serves a call. May block, as the call may.</summary>
    /// <param name="number">RAX.</param>
    /// <param name="a">The arguments.</param>
    /// <returns>What the program finds in RAX: the answer, or a negative error number.</returns>
    public long Serve(ulong number, in SystemCallArguments a)
    {
        Counts.Add(number);
        long lostPages = _space.LostPages;
        long answer = number switch
        {
            <= 21 => ServeClassic(number, a),
            24 => 0,
            28 => Advise(a),
            32 => Duplicate(a.First, 0),
            33 => _files.Replace(a.First, a.Second),
            35 => Sleep(a.First, a.Second),
            62 => Raise((int)a.First, (int)a.Second),
            72 => ControlFile(a),
            79 => GetWorkingDirectory(a),
            217 => GetEntries(a),
            221 => _files.Find(a.First) is null ? -Errno.BadDescriptor : 0,
            257 => Open(a.First, a.Second, a.Third),
            262 => DescribePath(a.First, a.Second, a.Third, a.Fourth),
            267 => ReadLink(a.First, a.Second, a.Third, a.Fourth),
            269 or 439 => CheckAccess(a.First, a.Second, a.Third),
            292 => a.First == a.Second ? -Errno.Invalid : _files.Replace(a.First, a.Second),
            _ when Changes(number) => -Errno.ReadOnlyFileSystem,
            _ => ServeProcess(number, a),
        };
        if (_space.LostPages != lostPages)
        {
            End = ProgramEnd.By(GuestSignal.Bus, $"{SystemCallNames.NameOf(number)} met a page whose contents the swap store lost");
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    private long ServeClassic(ulong number, in SystemCallArguments a) => number switch
    {
        0 => Read(a.First, a.Second, a.Third),
        1 => Write(a.First, a.Second, a.Third),
        2 => Open(CurrentDirectory, a.First, a.Second),
        3 => _files.Close(a.First),
        4 => DescribePath(CurrentDirectory, a.First, a.Second, 0),
        5 => DescribeFile(a.First, a.Second),
        6 => DescribePath(CurrentDirectory, a.First, a.Second, NoFollow),
        7 => Poll(a.First, a.Second),
        8 => _files.Find(a.First) is { } file ? file.Seek((long)a.Second, (int)a.Third) : -Errno.BadDescriptor,
        9 => Map(a),
        10 => Protect(a),
        11 => Unmap(a),
        12 => MoveBreak(a.First),
        13 => SetSignalAction(a),
        14 => SetSignalMask(a),
        16 => _files.Find(a.First) is null ? -Errno.BadDescriptor : -Errno.NotTerminal,
        17 => ReadAt(a.First, a.Second, a.Third, (long)a.Fourth),
        19 => Transfer(a, Read),
        20 => Transfer(a, Write),
        21 => CheckAccess(CurrentDirectory, a.First, a.Second),
        _ => Refuse(number),
    };

    /// <summary>What is not served answers ENOSYS, is counted, and is reported by its name.</summary>
    private long Refuse(ulong number)
    {
        Counts.AddUnserved(number);
        return -Errno.NoSystemCall;
    }

    /// <summary>Calls that would change files: truncate, rename, mkdir, unlink, chmod and their like.</summary>
    private static bool Changes(ulong number) =>
        number is 76 or (>= 82 and <= 88) or 90 or 92 or 94 or 132 or 133 or 235 or 258 or 259 or 260 or 261 or 263 or 264 or 265 or 266 or 268 or 280 or 316;
}
