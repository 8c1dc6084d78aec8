namespace MmuNotifiers.Lab.Checking;

/// <summary>How a subscriber is told.</summary>
internal enum SubscriberFamily
{
    /// <summary>By brackets over the whole address space.</summary>
    AddressSpace,

    /// <summary>By brackets over an interval.</summary>
    Interval,

    /// <summary>By flushes: it walks the primary's own table.</summary>
    SharedTable,
}
