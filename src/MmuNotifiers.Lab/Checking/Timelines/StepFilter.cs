using MmuNotifiers.Lab.Checking.Scheduling;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Which steps of a recorded execution a reader needs: those on something that another thread touches too, and one of them changes.</summary>
internal static class StepFilter
{
    internal static bool[] Relevant(IReadOnlyList<RecordedStep> steps)
    {
        bool[] relevant = new bool[steps.Count];
        for (int i = 0; i < steps.Count; i++)
        {
            for (int j = 0; j < steps.Count && !relevant[i]; j++)
            {
                relevant[i] = Conflict(steps[i], steps[j]);
            }
        }

        return relevant;
    }

    private static bool Conflict(RecordedStep one, RecordedStep other)
    {
        if (one.Thread == other.Thread || one.ObjectId == 0 || other.ObjectId == 0 || !ReferenceEquals(one.Owner, other.Owner))
        {
            return one.Kind == OperationKind.Yield;
        }

        bool areLocks = IsLock(one) && IsLock(other);
        return areLocks ? one.Location == other.Location : !IsLock(one) && !IsLock(other) && (IsStore(one) || IsStore(other)) && Overlap(one, other);
    }

    private static bool IsLock(RecordedStep step) => step.Kind is >= OperationKind.Acquire and <= OperationKind.Wake;

    private static bool IsStore(RecordedStep step) =>
        step.Kind is OperationKind.Write or OperationKind.Buffer or OperationKind.Flush or OperationKind.Update or OperationKind.Count;

    private static bool Overlap(RecordedStep one, RecordedStep other) =>
        one.Location < other.Location + Size(other) && other.Location < one.Location + Size(one);

    private static nint Size(RecordedStep step) => step.SizeBytes == 0 ? nint.Size : step.SizeBytes;
}
