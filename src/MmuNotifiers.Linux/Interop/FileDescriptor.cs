using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux;

/// <summary>A file descriptor that is this process's own; closed on disposal, and not handed on over execve.</summary>
internal sealed class FileDescriptor : SafeHandle
{
    private FileDescriptor(nint descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The number, for structures that name descriptors; the caller keeps this object alive meanwhile.</summary>
    internal int Number => (int)handle;

    /// <summary>Takes over what a call has opened.</summary>
    /// <param name="descriptor">Its answer: a descriptor, or -1.</param>
    /// <param name="operation">The call, for the message.</param>
    /// <exception cref="LinuxException">The call was refused.</exception>
    internal static FileDescriptor Own(nint descriptor, string operation) => new(LinuxException.ThrowIfFailed(descriptor, operation));

    /// <summary>Takes over what a call has opened; null where it was refused, and then the error number is still there.</summary>
    internal static FileDescriptor? TryOwn(nint descriptor) => descriptor < 0 ? null : new FileDescriptor(descriptor);

    /// <summary>Opens a file.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    internal static FileDescriptor Open(string path, int flags) => Own(Libc.Open(path, flags | Libc.CloseOnExec, 0), $"open({path})");

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;
}
