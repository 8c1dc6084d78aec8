namespace MmuNotifiers.Primary;

/// <summary>
/// What is behind a <see cref="FileObject"/>: bytes that are read a page at a time when they are used first and written when
/// the object is synchronised. Called from any thread; writes, resizes and zeroing come one at a time, reads at any moment.
/// Every method may block. A refusal is an errno, never an exception.
/// </summary>
public interface IFileContent
{
    /// <summary>The size in bytes.</summary>
    ulong SizeBytes { get; }

    /// <summary>Reads bytes; what lies beyond the end is zero.</summary>
    /// <param name="offsetBytes">Where to start.</param>
    /// <param name="destination">Receives the bytes; filled completely on success.</param>
    /// <returns>None, or why nothing useful was read; a page that cannot be read is SIGBUS.</returns>
    Errno Read(ulong offsetBytes, Span<byte> destination);

    /// <summary>Writes bytes, growing the content if they lie beyond its end.</summary>
    /// <returns>None, or why not everything was written.</returns>
    Errno Write(ulong offsetBytes, ReadOnlySpan<byte> source);

    /// <summary>Changes the size; what is added is zero.</summary>
    /// <returns>None, or why the size is as it was.</returns>
    Errno Resize(ulong bytes);

    /// <summary>Makes the part between two offsets zero, without a change of the size.</summary>
    /// <returns>None, or why not all of it is zero.</returns>
    Errno Zero(ulong offsetBytes, ulong endBytes);
}
