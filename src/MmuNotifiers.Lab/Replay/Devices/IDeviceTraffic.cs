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

    /// <summary>A fork made a child, whose secondaries have nothing yet. Called by the replaying thread.</summary>
    void AfterFork(ReplayedSpace parent, ReplayedSpace child);

    /// <summary>
    /// The address space is about to be torn down, which no other thread may use it during: returns when no device is at work in it,
    /// and none will be but for <see cref="AfterRelease"/>. Called by the replaying thread.
    /// </summary>
    void Remove(ReplayedSpace space);

    /// <summary>The address space was released: its devices must reach nothing any more. Called by the replaying thread.</summary>
    void AfterRelease(ReplayedSpace space);

    /// <summary>Ends the traffic; on return no device is at work. Idempotent.</summary>
    void Stop();
}
