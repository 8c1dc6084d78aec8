using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What one thread of an execution is at. Used by that thread, and by the judge while it stands still.</summary>
internal sealed class ThreadState(ScenarioThread thread, int index, int secondaries)
{
    /// <summary>The thread as it was written.</summary>
    internal ScenarioThread Thread { get; } = thread;

    /// <summary>Its number among the threads that run.</summary>
    internal int Index { get; } = index;

    /// <summary>Heads its column.</summary>
    internal string Name => Thread.Name;

    /// <summary>Its devices, one for each secondary MMU that it uses.</summary>
    internal ISecondaryDevice?[] Devices { get; } = new ISecondaryDevice?[secondaries];

    /// <summary>What it has pinned.</summary>
    internal List<FrameNumber> Pins { get; } = [];

    /// <summary>The locks that it holds, in the order in which it took them.</summary>
    internal List<HeldLock> Locks { get; } = [];

    /// <summary>The locks that it would hold, if the scenario had not left them out.</summary>
    internal List<HeldLock> MissingLocks { get; } = [];

    /// <summary>What it is doing, or null.</summary>
    internal ScenarioOperation? Operation { get; set; }

    /// <summary>When it began to do that, in the judge's time.</summary>
    internal int OperationBegan { get; set; }

    /// <summary>The page that its device is accessing, or -1.</summary>
    internal int AccessedPage { get; private set; } = -1;

    /// <summary>How it is accessing it.</summary>
    internal AccessRights Access { get; private set; }

    /// <summary>Through which secondary MMU.</summary>
    internal int AccessedThrough { get; private set; }

    /// <summary>How many calls of the primary, or of a subscriber, it is inside of: frames are then not touched by a device.</summary>
    internal int InPrimary { get; set; }

    /// <summary>What the primary last told it.</summary>
    internal LookUp LookUp { get; set; }

    /// <summary>The subscription that it waits for before it reads translations, or null.</summary>
    internal IntervalSubscription? ReadBegin { get; set; }

    internal void BeginAccess(int page, AccessRights access, int secondary)
    {
        AccessedPage = page;
        Access = access;
        AccessedThrough = secondary;
    }

    internal void EndAccess() => AccessedPage = -1;
}
