namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>The accesses that devices make beside the program's.</summary>
internal interface IDeviceTraffic
{
    /// <summary>Whether devices run on other threads.</summary>
    bool IsConcurrent { get; }

    /// <summary>An address space came into being. Called by the replaying thread.</summary>
    void Add(ReplayedSpace space);

    /// <summary>The program did something. Called by the replaying thread.</summary>
    void AfterOperation(ReplayedSpace space);

    /// <summary>
    /// The address space was released: checks that its devices reach nothing any more, and returns when none of them is at work.
    /// Called by the replaying thread.
    /// </summary>
    void Remove(ReplayedSpace space);

    /// <summary>Ends the traffic; on return no device is at work. Idempotent.</summary>
    void Stop();
}
