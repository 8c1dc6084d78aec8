namespace MmuNotifiers.Lab.Checking;

/// <summary>In which order other threads see a thread's stores.</summary>
public enum MemoryModel
{
    /// <summary>At once.</summary>
    SequentiallyConsistent,

    /// <summary>Later, in order, as on x86-64: a store waits in a buffer of its thread until a fence, or any time before.</summary>
    TotalStoreOrder,
}
