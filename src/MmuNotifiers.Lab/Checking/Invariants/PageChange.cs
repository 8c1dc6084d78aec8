namespace MmuNotifiers.Lab.Checking;

/// <summary>A change of the value of a page. Times are the judge's.</summary>
/// <param name="value">What the page shows from then on; null if nothing can be read.</param>
/// <param name="operation">What changed it; null for what it held as the scenario began.</param>
/// <param name="began">When that began.</param>
internal sealed class PageChange(ulong? value, ScenarioOperation? operation, int began)
{
    internal ulong? Value { get; } = value;

    internal ScenarioOperation? Operation { get; } = operation;

    internal int Began { get; } = began;

    /// <summary>When it had ended; 0 while it goes on.</summary>
    internal int Ended { get; set; }

    /// <summary>Whether it took effect altogether.</summary>
    internal bool IsCertain { get; set; }

    /// <summary>Whether it took no effect.</summary>
    internal bool HasFailed { get; set; }

    /// <summary>Whether a device made it.</summary>
    internal bool IsOfDevice => Operation is DeviceOperation;
}
