namespace MmuNotifiers.Secondary.Kvm;

/// <summary>How a memory slot may be used. The numbers are those of KVM's memory region flags.</summary>
[Flags]
public enum MemorySlotFlags
{
    /// <summary>The guest reads and writes, and nobody asks which pages it wrote.</summary>
    None = 0,

    /// <summary>Writes are noted page by page, see <see cref="ShadowMmu.TakeDirtyLog"/> (KVM_MEM_LOG_DIRTY_PAGES).</summary>
    LogDirtyPages = 1,

    /// <summary>The guest may only read (KVM_MEM_READONLY).</summary>
    ReadOnly = 2,
}
