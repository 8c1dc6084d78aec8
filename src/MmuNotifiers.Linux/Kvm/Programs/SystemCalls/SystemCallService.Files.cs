using System.Buffers.Binary;
using System.Text;
using MmuNotifiers.Linux.Kvm.Programs.Files;

namespace MmuNotifiers.Linux.Kvm.Programs.SystemCalls;

/// <summary>Files: opened for reading alone, below the root.</summary>
internal sealed partial class SystemCallService
{
    /// <summary>AT_FDCWD.</summary>
    private const ulong CurrentDirectory = unchecked((ulong)-100L);

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    private const ulong NoFollow = 0x100;

    /// <summary>MAX_RW_COUNT.</summary>
    private const ulong MostTransferBytes = 0x7fff_f000;

    private long Read(ulong descriptor, ulong address, ulong bytes)
    {
        if (_files.Find(descriptor) is not { } file)
        {
            return -Errno.BadDescriptor;
        }

        bool isStream = file is StreamFile;
        return Fetch(address, bytes, isStream, (piece, _) => file.Read(piece));
    }

    private long ReadAt(ulong descriptor, ulong address, ulong bytes, long offset) => _files.Find(descriptor) switch
    {
        null => -Errno.BadDescriptor,
        _ when offset < 0 => -Errno.Invalid,
        var file => Fetch(address, bytes, isStream: false, (piece, done) => file.ReadAt(piece, offset + done)),
    };

    private delegate long Source(Span<byte> piece, long done);

    /// <summary>Brings bytes of a file to the program: a stream once, other files until they end.</summary>
    private long Fetch(ulong address, ulong bytes, bool isStream, Source source)
    {
        bytes = Math.Min(bytes, MostTransferBytes);
        if (!_space.CanWrite(new VirtualAddress(address), bytes))
        {
            return -Errno.BadAddress;
        }

        long done = 0;
        while (done < (long)bytes && !_cancellation.IsCancellationRequested)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, (long)bytes - done));
            long count = source(piece, done);
            if (count <= 0)
            {
                return done > 0 ? done : count;
            }

            if (!_space.TryWrite(new VirtualAddress(address + (ulong)done), piece[..(int)count]))
            {
                return done > 0 ? done : -Errno.BadAddress;
            }

            done += count;
            if (isStream)
            {
                break;
            }
        }

        return done;
    }

    private long Write(ulong descriptor, ulong address, ulong bytes)
    {
        if (_files.Find(descriptor) is not { } file)
        {
            return -Errno.BadDescriptor;
        }

        bytes = Math.Min(bytes, MostTransferBytes);
        long done = 0;
        while (done < (long)bytes && !_cancellation.IsCancellationRequested)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, (long)bytes - done));
            if (!_space.TryRead(new VirtualAddress(address + (ulong)done), piece))
            {
                return done > 0 ? done : -Errno.BadAddress;
            }

            long count = file.Write(piece);
            if (count < 0)
            {
                return done > 0 ? done : NoticePipe(count);
            }

            done += count;
        }

        return done;
    }

    /// <summary>readv and writev: each part as a call of its own, until one is not filled.</summary>
    private long Transfer(in SystemCallArguments a, Func<ulong, ulong, ulong, long> call)
    {
        const ulong MostParts = 1024;
        const int PartBytes = 16;
        if (a.Third > MostParts)
        {
            return -Errno.Invalid;
        }

        long done = 0;
        Span<byte> part = stackalloc byte[PartBytes];
        for (ulong index = 0; index < a.Third; index++)
        {
            if (!_space.TryRead(new VirtualAddress(a.Second + (index * PartBytes)), part))
            {
                return done > 0 ? done : -Errno.BadAddress;
            }

            ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(part[8..]);
            long count = bytes == 0 ? 0 : call(a.First, BinaryPrimitives.ReadUInt64LittleEndian(part), bytes);
            if (count < 0)
            {
                return done > 0 ? done : count;
            }

            done += count;
            if ((ulong)count < bytes)
            {
                break;
            }
        }

        return done;
    }

    private long Open(ulong directory, ulong path, ulong flags)
    {
        const ulong WriteOnly = 1;
        const ulong ReadWrite = 2;
        const ulong Create = 0x40;
        const ulong Directory = 0x10000;
        long error = ReadPath(directory, path, out string name);
        if (error < 0)
        {
            return error;
        }

        if (DeviceFile.TryOpen(name) is { } device)
        {
            return _files.Add(device);
        }

        error = _root.Open(name, out OpenFile? file);
        if (file is null)
        {
            return error == -Errno.NoEntry && (flags & Create) != 0 ? -Errno.ReadOnlyFileSystem : error;
        }

        bool isDirectory = file.ReadEntries([]) != -Errno.NotDirectory;
        if ((flags & (WriteOnly | ReadWrite)) != 0 || ((flags & Directory) != 0 && !isDirectory))
        {
            file.Dispose();
            return (flags & (WriteOnly | ReadWrite)) == 0 ? -Errno.NotDirectory : isDirectory ? -Errno.IsDirectory : -Errno.ReadOnlyFileSystem;
        }

        return _files.Add(file);
    }

    private long DescribeFile(ulong descriptor, ulong address)
    {
        if (_files.Find(descriptor) is not { } file)
        {
            return -Errno.BadDescriptor;
        }

        Span<byte> stat = stackalloc byte[OpenFile.StatBytes];
        long answer = file.Describe(stat);
        return answer < 0 ? answer : Give(address, stat);
    }

    private long DescribePath(ulong directory, ulong path, ulong address, ulong flags)
    {
        const ulong EmptyPath = 0x1000;
        long error = ReadPath(directory, path, out string name, (flags & EmptyPath) != 0);
        if (error < 0)
        {
            return error;
        }

        if (name.Length == 0 && (flags & EmptyPath) != 0 && directory != CurrentDirectory)
        {
            return DescribeFile(directory, address);
        }

        Span<byte> stat = stackalloc byte[OpenFile.StatBytes];
        using DeviceFile? device = DeviceFile.TryOpen(name);
        long answer = device is not null ? device.Describe(stat) : _root.Describe(name, (flags & NoFollow) == 0, stat);
        return answer < 0 ? answer : Give(address, stat);
    }

    private long CheckAccess(ulong directory, ulong path, ulong mode)
    {
        long error = ReadPath(directory, path, out string name);
        using DeviceFile? device = DeviceFile.TryOpen(name);
        return error < 0 ? error : mode > 7 ? -Errno.Invalid : device is not null ? 0 : _root.CheckAccess(name, (int)mode);
    }

    private long ReadLink(ulong directory, ulong path, ulong address, ulong bytes)
    {
        long error = ReadPath(directory, path, out string name);
        if (error < 0 || bytes == 0)
        {
            return error < 0 ? error : -Errno.Invalid;
        }

        Span<byte> target = stackalloc byte[GuestRoot.MostPathBytes];
        long length;
        if (name == "/proc/self/exe")
        {
            length = Encoding.UTF8.TryGetBytes(_programPath, target, out int written) ? written : -Errno.NameTooLong;
        }
        else
        {
            length = _root.ReadLink(name, target);
        }

        if (length < 0)
        {
            return length;
        }

        length = Math.Min(length, (long)Math.Min(bytes, int.MaxValue));
        error = Give(address, target[..(int)length]);
        return error < 0 ? error : length;
    }

    private long GetWorkingDirectory(in SystemCallArguments a)
    {
        byte[] path = [.. Encoding.UTF8.GetBytes(_root.WorkingDirectory), 0];
        if ((ulong)path.Length > a.Second)
        {
            return -Errno.OutOfRange;
        }

        long error = Give(a.First, path);
        return error < 0 ? error : path.Length;
    }

    private long GetEntries(in SystemCallArguments a)
    {
        if (_files.Find(a.First) is not { } file)
        {
            return -Errno.BadDescriptor;
        }

        if (!_space.CanWrite(new VirtualAddress(a.Second), a.Third))
        {
            return -Errno.BadAddress;
        }

        long count = file.ReadEntries(_piece.AsSpan(0, (int)Math.Min(a.Third, PieceBytes)));
        long error = count <= 0 ? count : Give(a.Second, _piece.AsSpan(0, (int)count));
        return error < 0 ? error : count;
    }

    private long ControlFile(in SystemCallArguments a)
    {
        const ulong DuplicateFrom = 0;
        const ulong GetFlags = 1;
        const ulong SetFlags = 2;
        const ulong GetStatus = 3;
        const ulong SetStatus = 4;
        const ulong DuplicateCloseOnExec = 1030;
        return (_files.Find(a.First), a.Second) switch
        {
            (null, _) => -Errno.BadDescriptor,
            (_, DuplicateFrom or DuplicateCloseOnExec) => Duplicate(a.First, a.Third),
            (_, GetFlags or SetFlags or SetStatus) => 0,
            (DeviceFile, GetStatus) => 2,
            ({ IsWritable: true }, GetStatus) => 1,
            (_, GetStatus) => 0,
            _ => -Errno.Invalid,
        };
    }

    private long Duplicate(ulong descriptor, ulong from) =>
        _files.Find(descriptor) is { } file ? _files.Add(file, from) : -Errno.BadDescriptor;

    /// <summary>Files here never keep anyone waiting without end, so all that is asked for is there.</summary>
    private long Poll(ulong address, ulong count)
    {
        const ulong Most = GuestDescriptors.Most;
        const int ItemBytes = 8;
        const short NotOpen = 0x20;
        const short ReadOrWrite = 1 | 4;
        if (count > Most)
        {
            return -Errno.Invalid;
        }

        long ready = 0;
        Span<byte> item = stackalloc byte[ItemBytes];
        for (ulong index = 0; index < count; index++)
        {
            VirtualAddress at = new(address + (index * ItemBytes));
            if (!_space.TryRead(at, item))
            {
                return -Errno.BadAddress;
            }

            int descriptor = BinaryPrimitives.ReadInt32LittleEndian(item);
            short wanted = BinaryPrimitives.ReadInt16LittleEndian(item[4..]);
            short found = descriptor < 0 ? (short)0 : _files.Find((ulong)descriptor) is null ? NotOpen : (short)(wanted & ReadOrWrite);
            BinaryPrimitives.WriteInt16LittleEndian(item[6..], found);
            ready += found != 0 ? 1 : 0;
            if (!_space.TryWrite(at, item))
            {
                return -Errno.BadAddress;
            }
        }

        return ready;
    }

    /// <summary>Reads a path that is absolute or begins at the working directory; other directories are not served.</summary>
    private long ReadPath(ulong directory, ulong address, out string path, bool mayBeEmpty = false)
    {
        int error = _space.ReadText(new VirtualAddress(address), GuestRoot.MostPathBytes, out path);
        if (error != 0)
        {
            return -error;
        }

        if (path.Length == 0)
        {
            return mayBeEmpty ? 0 : -Errno.NoEntry;
        }

        if (path[0] != '/' && (int)directory != unchecked((int)CurrentDirectory))
        {
            return _files.Find(directory) is null ? -Errno.BadDescriptor : -Errno.NoSystemCall;
        }

        return 0;
    }

    private long Give(ulong address, ReadOnlySpan<byte> bytes) =>
        _space.TryWrite(new VirtualAddress(address), bytes) ? 0 : -Errno.BadAddress;
}
