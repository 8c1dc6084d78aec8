namespace MmuNotifiers.Linux.Kvm.Programs.Files;

/// <summary>
/// What a descriptor of a program stands for (an open file description): several descriptors may share one. Every member answers a count, or a negative
/// error number; what a kind of file cannot do it refuses as Linux does. Not safe from several threads.
/// </summary>
internal abstract class OpenFile : IDisposable
{
    /// <summary>The length of struct stat on x86-64.</summary>
    public const int StatBytes = 144;

    /// <summary>How many descriptors stand for it.</summary>
    public int Users { get; set; }

    /// <summary>Whether it was opened for writing.</summary>
    public virtual bool IsWritable => false;

    /// <summary>Reads where the file stands, and moves on. May block.</summary>
    public virtual long Read(Span<byte> destination) => -Errno.Invalid;

    /// <summary>Reads elsewhere.</summary>
    public virtual long ReadAt(Span<byte> destination, long offset) => -Errno.IllegalSeek;

    /// <summary>Writes where the file stands, and moves on. May block.</summary>
    public virtual long Write(ReadOnlySpan<byte> source) => -Errno.BadDescriptor;

    /// <summary>Moves (lseek).</summary>
    public virtual long Seek(long offset, int origin) => -Errno.IllegalSeek;

    /// <summary>Lists entries of a directory where it stands, as getdents64 does.</summary>
    public virtual long ReadEntries(Span<byte> destination) => -Errno.NotDirectory;

    /// <summary>Describes the file as struct stat.</summary>
    public abstract long Describe(Span<byte> stat);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
