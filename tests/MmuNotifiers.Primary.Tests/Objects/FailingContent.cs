namespace MmuNotifiers.Primary.Tests.Objects;

/// <summary>A content that can be told to fail, and that lets a test act in the middle of a read.</summary>
internal sealed class FailingContent(int sizeBytes) : IFileContent
{
    public ByteFileContent Behind { get; init; } = new(new byte[sizeBytes]);

    public Errno ReadError { get; set; }

    public Errno WriteError { get; set; }

    public Errno ResizeError { get; set; }

    public int Writes { get; private set; }

    public Action? DuringRead { get; set; }

    public Action? AfterRead { get; set; }

    public Action? AfterWrite { get; set; }

    public ulong SizeBytes => Behind.SizeBytes;

    public Errno Read(ulong offsetBytes, Span<byte> destination)
    {
        DuringRead?.Invoke();
        Errno error = ReadError == Errno.None ? Behind.Read(offsetBytes, destination) : ReadError;
        AfterRead?.Invoke();
        return error;
    }

    public Errno Write(ulong offsetBytes, ReadOnlySpan<byte> source)
    {
        if (WriteError != Errno.None)
        {
            return WriteError;
        }

        Writes++;
        Errno error = Behind.Write(offsetBytes, source);
        AfterWrite?.Invoke();
        return error;
    }

    public Errno Resize(ulong bytes) => ResizeError == Errno.None ? Behind.Resize(bytes) : ResizeError;

    public Errno Zero(ulong offsetBytes, ulong endBytes) => Behind.Zero(offsetBytes, endBytes);
}
