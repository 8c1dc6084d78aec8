namespace MmuNotifiers.Linux.Kvm.Programs.Files;

/// <summary>A program's descriptors. Not safe from several threads.</summary>
internal sealed class GuestDescriptors : IDisposable
{
    /// <summary>How many there may be (RLIMIT_NOFILE).</summary>
    public const int Most = 1024;

    private readonly OpenFile?[] _files = new OpenFile?[Most];

    /// <summary>What a descriptor stands for; null if it is closed or out of range.</summary>
    public OpenFile? Find(ulong descriptor) => (uint)descriptor < Most ? _files[(uint)descriptor] : null;

    /// <summary>Gives a file the lowest free descriptor from one on.</summary>
    /// <returns>The descriptor; or a negative error number, and then a file that nothing stands for is closed.</returns>
    public long Add(OpenFile file, ulong from = 0)
    {
        if (from >= Most)
        {
            return -Errno.Invalid;
        }

        for (int number = (int)from; number < Most; number++)
        {
            if (_files[number] is null)
            {
                file.Users++;
                _files[number] = file;
                return number;
            }
        }

        if (file.Users == 0)
        {
            file.Dispose();
        }

        return -Errno.TooManyFiles;
    }

    /// <summary>Lets another descriptor stand for the same file (dup2).</summary>
    public long Replace(ulong descriptor, ulong copy)
    {
        if (Find(descriptor) is not { } file || copy >= Most)
        {
            return -Errno.BadDescriptor;
        }

        if (descriptor != copy)
        {
            file.Users++;
            _ = Close(copy);
            _files[(int)copy] = file;
        }

        return (long)copy;
    }

    /// <summary>Closes a descriptor, and with the last one its file.</summary>
    public long Close(ulong descriptor)
    {
        if (Find(descriptor) is not { } file)
        {
            return -Errno.BadDescriptor;
        }

        _files[(int)descriptor] = null;
        if (--file.Users == 0)
        {
            file.Dispose();
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (ulong number = 0; number < Most; number++)
        {
            _ = Close(number);
        }
    }
}
