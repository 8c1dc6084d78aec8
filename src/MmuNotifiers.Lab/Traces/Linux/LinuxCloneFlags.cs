namespace MmuNotifiers.Lab.Traces;

/// <summary>CLONE_* of clone, clone3, fork and vfork, as far as they decide what is shared; other bits are kept.</summary>
[Flags]
public enum LinuxCloneFlags : ulong
{
    /// <summary>fork: a copy of the address space.</summary>
    None = 0,

    /// <summary>CLONE_VM: parent and child share one address space, until the child calls execve.</summary>
    SharedAddressSpace = 0x100,

    /// <summary>CLONE_VFORK: the parent waits until the child has called execve or has ended.</summary>
    VirtualFork = 0x4000,

    /// <summary>CLONE_THREAD: the child is a thread of the same process.</summary>
    Thread = 0x1_0000,
}
