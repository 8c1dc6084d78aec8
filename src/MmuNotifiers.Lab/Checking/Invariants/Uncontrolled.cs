using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking;

/// <summary>What is done inside is no step of the execution.</summary>
internal readonly ref struct Uncontrolled
{
    private readonly ScheduleController? _controller;

    private Uncontrolled(ScheduleController? controller) => _controller = controller;

    internal static Uncontrolled Enter()
    {
        Uncontrolled scope = new(ScheduleController.Current);
        ScheduleController.Current = null;
        return scope;
    }

    public void Dispose() => ScheduleController.Current = _controller;
}
