namespace MmuNotifiers.Lab.Checking;

/// <summary>get_user_pages.</summary>
internal sealed class PinOperation(int page, int count, AccessRights access) : ScenarioOperation
{
    internal override string Text => $"Pin {access}({ScenarioRun.AddressOf(page)}..{ScenarioRun.AddressOf(page + count)})";

    internal override OperationOutcome Run(ScenarioRun run, ThreadState thread)
    {
        if (run.SpaceOf(this) is not { } space)
        {
            return OperationOutcome.Skipped("no child");
        }

        FrameNumber[] frames = new FrameNumber[count];
        FaultResult result = space.Pin(ScenarioRun.RangeOf(page, count), access, frames);
        if (result != FaultResult.Success)
        {
            return OperationOutcome.Skipped(result.ToString());
        }

        thread.Pins.AddRange(frames);
        return OperationOutcome.Done;
    }
}
