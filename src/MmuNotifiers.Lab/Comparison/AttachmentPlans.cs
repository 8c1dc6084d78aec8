using System.Collections.Immutable;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Comparison;

/// <summary>The places that a comparison can compare, in the order of its rows.</summary>
internal static class AttachmentPlans
{
    private const string OnlyKvmHasSlots = "Only a virtual machine has memslots; this device has none.";

    public static ImmutableArray<AttachmentPlan> All { get; } =
    [
        new()
        {
            Kind = AttachmentKind.AddressSpace,
            Name = "mm",
            Description = "The whole address space, brackets around each change, fork included: v7, and what Linux merged.",
        },
        new()
        {
            Kind = AttachmentKind.Version5,
            Name = "mm-v5",
            Description = "The whole address space, told of everything under the page-table lock: v5.",
        },
        new()
        {
            Kind = AttachmentKind.Version2,
            Name = "mm-v2",
            Description = "The whole address space, told of ranges when their pages may be free, not of fork and mprotect: #v2, no pins.",
            SafeForm = "mm-v2-pinned",
        },
        new()
        {
            Kind = AttachmentKind.Version2Pinned,
            Name = "mm-v2-pinned",
            Description = "As mm-v2 for a device that pins each page that it maps, and is told of mprotect.",
        },
        new()
        {
            Kind = AttachmentKind.Area,
            Name = "vma",
            Description = "The vmas that the device translates, followed through splits, merges and moves: original KVM, vmaspy.",
        },
        new()
        {
            Kind = AttachmentKind.Interval,
            Name = "interval",
            Description = "Blocks of 2 MiB that the device translates in.",
        },
        new()
        {
            Kind = AttachmentKind.MemorySlot,
            Name = "memslot",
            Description = "Each memslot of the guest: from the subscription straight to the slot, where mm searches.",
            WhyNotFor = secondary => secondary == SecondaryKind.Shadow ? null : OnlyKvmHasSlots,
        },
        new()
        {
            Kind = AttachmentKind.IoprocHistorical,
            Name = "ioproc-historical",
            Description = "Quadrics' IOPROC as it was: of a range the first vma only, nothing at fork.",
            SafeForm = "ioproc",
        },
        new()
        {
            Kind = AttachmentKind.IoprocComplete,
            Name = "ioproc",
            Description = "Quadrics' IOPROC with every vma of a range, and fork.",
        },
    ];

    public static AttachmentPlan Of(AttachmentKind kind) => All.Single(plan => plan.Kind == kind);
}
