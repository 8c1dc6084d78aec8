using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What one thread of an execution is at. Used by that thread, and by the judge while it stands still.</summary>
internal sealed class ThreadState(ScenarioThread thread, int secondaries)
{
    /// <summary>The thread as it was written.</summary>
    internal ScenarioThread Thread { get; } = thread;

    /// <summary>Its devices, one for each secondary MMU that it uses.</summary>
    internal ISecondaryDevice?[] Devices { get; } = new ISecondaryDevice?[secondaries];

    /// <summary>What it has pinned.</summary>
    internal List<FrameNumber> Pins { get; } = [];

    /// <summary>The page that its device is accessing, or -1.</summary>
    internal int AccessedPage { get; private set; } = -1;

    /// <summary>How it is accessing it.</summary>
    internal AccessRights Access { get; private set; }

    /// <summary>Through which secondary MMU.</summary>
    internal int AccessedThrough { get; private set; }

    internal void BeginAccess(int page, AccessRights access, int secondary)
    {
        AccessedPage = page;
        Access = access;
        AccessedThrough = secondary;
    }

    internal void EndAccess() => AccessedPage = -1;
}
