using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Primary;

/// <summary>Bytes in memory as the content of a <see cref="FileObject"/>: a file that needs no host.</summary>
public sealed class ByteFileContent : IFileContent
{
    private readonly SharedLock _lock = new();

    /// <summary>The bytes, at least <see cref="_length"/> of them; those behind are zero. Guarded by the lock.</summary>
    private byte[] _bytes;

    /// <summary>Guarded by the lock.</summary>
    private int _length;

    /// <summary>Starts from a copy of some bytes.</summary>
    public ByteFileContent(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        _length = bytes.Length;
    }

    /// <inheritdoc/>
    public ulong SizeBytes
    {
        get
        {
            using SharedLock.Scope held = _lock.EnterScope();
            return (ulong)_length;
        }
    }

    /// <summary>A copy of the content.</summary>
    public byte[] ToArray()
    {
        using SharedLock.Scope held = _lock.EnterScope();
        return _bytes[.._length];
    }

    /// <inheritdoc/>
    public Errno Read(ulong offsetBytes, Span<byte> destination)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        int available = (int)Math.Min((ulong)destination.Length, (ulong)_length - Math.Min((ulong)_length, offsetBytes));
        if (available > 0)
        {
            _bytes.AsSpan((int)offsetBytes, available).CopyTo(destination);
        }

        destination[available..].Clear();
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Write(ulong offsetBytes, ReadOnlySpan<byte> source)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (offsetBytes > (ulong)Array.MaxLength || (ulong)source.Length > (ulong)Array.MaxLength - offsetBytes)
        {
            return Errno.ENOSPC;
        }

        int end = (int)offsetBytes + source.Length;
        EnsureCapacityLocked(end);
        source.CopyTo(_bytes.AsSpan((int)offsetBytes));
        _length = Math.Max(_length, end);
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Resize(ulong bytes)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        if (bytes > (ulong)Array.MaxLength)
        {
            return Errno.ENOSPC;
        }

        int length = (int)bytes;
        EnsureCapacityLocked(length);
        if (length < _length)
        {
            _bytes.AsSpan(length, _length - length).Clear();
        }

        _length = length;
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Zero(ulong offsetBytes, ulong endBytes)
    {
        using SharedLock.Scope held = _lock.EnterScope();
        ulong end = Math.Min(endBytes, (ulong)_length);
        if (offsetBytes < end)
        {
            _bytes.AsSpan((int)offsetBytes, (int)(end - offsetBytes)).Clear();
        }

        return Errno.None;
    }

    private void EnsureCapacityLocked(int length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * _bytes.Length)));
        }
    }
}
