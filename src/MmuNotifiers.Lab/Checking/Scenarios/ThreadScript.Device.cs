namespace MmuNotifiers.Lab.Checking;

/// <summary>What goes through a secondary MMU.</summary>
public sealed partial class ThreadScript
{
    /// <summary>The thread's device reads the first word of a page through a secondary MMU.</summary>
    /// <param name="page">The page.</param>
    /// <param name="secondary">The number of the secondary MMU.</param>
    public ThreadScript DeviceRead(int page, int secondary = 0) => Add(new DeviceOperation(page, secondary, AccessRights.Read));

    /// <summary>The thread's device writes the first word of a page through a secondary MMU.</summary>
    /// <param name="page">The page.</param>
    /// <param name="secondary">The number of the secondary MMU.</param>
    public ThreadScript DeviceWrite(int page, int secondary = 0) => Add(new DeviceOperation(page, secondary, AccessRights.Write));

    /// <summary>Attaches a secondary MMU of <see cref="RaceScenario.AttachedLater"/>.</summary>
    public ThreadScript Attach(int secondary = 0) => Add(new AttachOperation(secondary));

    /// <summary>Ends a secondary MMU; its devices are not used any more.</summary>
    public ThreadScript Detach(int secondary = 0) => Add(new DetachOperation(secondary));
}
