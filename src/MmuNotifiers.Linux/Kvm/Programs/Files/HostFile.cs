using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Kvm.Programs.Files;

/// <summary>A regular file or a directory of the host, open for reading. The kernel keeps where it stands.</summary>
internal sealed unsafe class HostFile(FileDescriptor descriptor) : OpenFile
{
    private const nint FileStat = 5;
    private const nint FileSeek = 8;
    private const nint GetEntries = 217;

    /// <summary>The descriptor, which this object owns.</summary>
    public FileDescriptor Descriptor => descriptor;

    /// <inheritdoc/>
    public override long Read(Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            // SAFETY: as many bytes as the span has, pinned for the length of the call.
            return Answer(Libc.Read(descriptor, bytes, (nuint)destination.Length));
        }
    }

    /// <inheritdoc/>
    public override long ReadAt(Span<byte> destination, long offset)
    {
        fixed (byte* bytes = destination)
        {
            // SAFETY: as many bytes as the span has, pinned for the length of the call.
            return Answer(Libc.ReadAt(descriptor, bytes, (nuint)destination.Length, offset));
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, int origin)
    {
        const int Highest = 4;
        return origin is < 0 or > Highest ? -Errno.Invalid : Answer(Libc.SystemCall(FileSeek, descriptor.Number, (nint)offset, origin));
    }

    /// <inheritdoc/>
    public override long ReadEntries(Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            // SAFETY: as many bytes as the span has, pinned for the length of the call.
            return Answer(Libc.SystemCall(GetEntries, descriptor.Number, (nint)bytes, destination.Length));
        }
    }

    /// <inheritdoc/>
    public override long Describe(Span<byte> stat) => Describe(descriptor, stat);

    /// <summary>Describes what a descriptor stands for as struct stat of x86-64.</summary>
    public static long Describe(FileDescriptor file, Span<byte> stat)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stat.Length, StatBytes);
        fixed (byte* bytes = stat)
        {
            // SAFETY: struct stat fits, which was checked; pinned for the length of the call.
            return Answer(Libc.SystemCall(FileStat, file.Number, (nint)bytes, 0));
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        descriptor.Dispose();
        base.Dispose();
    }

    private static long Answer(nint result) => result == -1 ? -Marshal.GetLastPInvokeError() : result;
}
