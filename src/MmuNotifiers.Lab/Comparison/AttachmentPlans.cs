using System.Collections.Immutable;
using MmuNotifiers.Lab.Replay;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>The places that a comparison can compare, in the order of its rows.</summary>
internal static class AttachmentPlans
{
    public static ImmutableArray<AttachmentPlan> All { get; } =
    [
        new()
        {
            Kind = AttachmentKind.AddressSpace,
            Name = "mm",
            Description = "The whole address space, brackets around each change (v7, what Linux merged).",
        },
    ];

    public static AttachmentPlan Of(AttachmentKind kind) => All.Single(plan => plan.Kind == kind);
}
