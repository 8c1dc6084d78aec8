using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MmuNotifiers.Linux.Kvm.Programs.Files;

/// <summary>
/// The files that a program sees: a directory of the host, read only. The kernel itself keeps every path inside it (openat2 with RESOLVE_IN_ROOT, so that
/// "..", absolute paths and symbolic links all end there), follows no link out of /proc (RESOLVE_NO_MAGICLINKS), and nothing but regular files and
/// directories is opened: opening a device or a pipe can do things.
/// </summary>
internal sealed unsafe class GuestRoot : IDisposable
{
    /// <summary>PATH_MAX, the zero at the end included.</summary>
    public const int MostPathBytes = 4096;

    private const int OpenPath = 0x200000;
    private const int OpenNoFollow = 0x20000;
    private const int OpenDirectory = 0x10000;
    private const nint OpenAt2 = 437;
    private const nint ReadLinkAt = 267;
    private const nint AccessAt2 = 439;
    private const nint FileSystemStat = 138;
    private const int AtEmptyPath = 0x1000;
    private const ulong NoMagicLinks = 2;
    private const ulong InRoot = 0x10;
    private const uint ProcFileSystem = 0x9fa0;
    private const int ModeOffset = 24;
    private const uint TypeMask = 0xf000;
    private const uint TypeDirectory = 0x4000;
    private const uint TypeRegular = 0x8000;

    private readonly FileDescriptor _root;

    /// <summary>Opens a root.</summary>
    /// <param name="directory">The directory of the host that the program sees as "/".</param>
    /// <param name="workingDirectory">Where relative paths begin, as the program sees it; absolute.</param>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public GuestRoot(string directory, string workingDirectory)
    {
        _root = FileDescriptor.Open(directory, OpenPath | OpenDirectory);
        WorkingDirectory = workingDirectory;
    }

    /// <summary>Where relative paths begin, as the program sees it.</summary>
    public string WorkingDirectory { get; }

    /// <summary>Opens a file or a directory for reading.</summary>
    /// <param name="path">As the program says it.</param>
    /// <param name="file">The file; null where the answer is an error.</param>
    /// <returns>0, or a negative error number.</returns>
    public long Open(string path, out OpenFile? file)
    {
        file = null;
        using FileDescriptor? place = Locate(path, followLinks: true, out long error);
        if (place is null)
        {
            return error;
        }

        Span<byte> stat = stackalloc byte[OpenFile.StatBytes];
        error = HostFile.Describe(place, stat);
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(stat[ModeOffset..]) & TypeMask;
        if (error < 0 || type is not (TypeRegular or TypeDirectory))
        {
            return error < 0 ? error : -Errno.AccessDenied;
        }

        if (FileDescriptor.TryOwn(Libc.Open($"/proc/self/fd/{place.Number}", Libc.OpenReadOnly | Libc.CloseOnExec, 0)) is not { } opened)
        {
            return -Marshal.GetLastPInvokeError();
        }

        file = new HostFile(opened);
        return 0;
    }

    /// <summary>Describes a file as struct stat.</summary>
    public long Describe(string path, bool followLinks, Span<byte> stat)
    {
        using FileDescriptor? place = Locate(path, followLinks, out long error);
        return place is null ? error : HostFile.Describe(place, stat);
    }

    /// <summary>Says whether the user of this process may do something to a file; nobody may write.</summary>
    public long CheckAccess(string path, int mode)
    {
        const int Write = 2;
        using FileDescriptor? place = Locate(path, followLinks: true, out long error);
        if (place is null)
        {
            return error;
        }

        if ((mode & Write) != 0)
        {
            return -Errno.ReadOnlyFileSystem;
        }

        byte empty = 0;

        // SAFETY: a byte of the stack, the end of an empty path.
        return Libc.SystemCall(AccessAt2, place.Number, (nint)(&empty), mode, AtEmptyPath) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Reads where a symbolic link points.</summary>
    /// <returns>How many bytes, or a negative error number.</returns>
    public long ReadLink(string path, Span<byte> target)
    {
        using FileDescriptor? place = Locate(path, followLinks: false, out long error);
        if (place is null)
        {
            return error;
        }

        byte empty = 0;
        fixed (byte* bytes = target)
        {
            // SAFETY: as many bytes as the span has, pinned for the length of the call; a byte of the stack, the end of an empty path.
            nint length = Libc.SystemCall(ReadLinkAt, place.Number, (nint)(&empty), (nint)bytes, target.Length);
            // A file that is no link is ENOENT for an empty path, and EINVAL for readlink.
            return length >= 0 ? length : Marshal.GetLastPInvokeError() is var refusal && refusal == Errno.NoEntry ? -Errno.Invalid : -refusal;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    /// <summary>Finds what a path names, without opening it.</summary>
    private FileDescriptor? Locate(string path, bool followLinks, out long error)
    {
        error = 0;
        if (path.Length == 0)
        {
            error = -Errno.NoEntry;
            return null;
        }

        string absolute = path[0] == '/' ? path : $"{WorkingDirectory}/{path}";
        byte[] bytes = [.. Encoding.UTF8.GetBytes(absolute), 0];
        ulong* how = stackalloc ulong[] { (ulong)(OpenPath | Libc.CloseOnExec | (followLinks ? 0 : OpenNoFollow)), 0, NoMagicLinks | InRoot };
        fixed (byte* name = bytes)
        {
            // SAFETY: struct open_how is three words; both are pinned or on the stack for the length of the call.
            FileDescriptor? place = FileDescriptor.TryOwn(
                Libc.SystemCall(OpenAt2, _root.Number, (nint)name, (nint)how, 3 * sizeof(ulong)));
            if (place is null)
            {
                error = -Marshal.GetLastPInvokeError();
            }
            else if (IsProc(place))
            {
                place.Dispose();
                error = -Errno.NoEntry;
                return null;
            }

            return place;
        }
    }

    /// <summary>/proc shows the monitor's own process, which is none of the program's business.</summary>
    private static bool IsProc(FileDescriptor place)
    {
        const int Words = 15;
        long* status = stackalloc long[Words];

        // SAFETY: struct statfs is 15 words on x86-64; its first is the type.
        return Libc.SystemCall(FileSystemStat, place.Number, (nint)status, 0) == 0 && status[0] == ProcFileSystem;
    }
}
