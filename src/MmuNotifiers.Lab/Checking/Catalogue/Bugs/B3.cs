using MmuNotifiers.Lab.Checking.Catalogue.Secondaries;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Bugs;

/// <summary>What IOPROC did not tell: areas behind the first one, and fork.</summary>
internal static class B3
{
    internal static IEnumerable<CatalogueEntry> Entries()
    {
        yield return new CatalogueEntry
        {
            Name = "B3-areas",
            Title = "only the first area is told",
            Year = 2005,
            What = "Only the first area was told of where a call went over several.",
            Interleaving = "munmap over two areas of different protection: the device's entries of the second one stay.",
            Seam = "the attachment: IOPROC in its historical form",
            Expected = Invariants.Coverage,
            Broken = TwoAreas().AttachedBy(AttachmentKind.IoprocHistorical),
            Twin = TwoAreas().AttachedBy(AttachmentKind.IoprocComplete),
        };
        yield return new CatalogueEntry
        {
            Name = "B3-fork",
            Title = "fork is not told",
            Year = 2005,
            What = "Fork was not told of at all.",
            Interleaving = "The parent's ptes lose write permission without a bracket.",
            Seam = "the attachment: IOPROC in its historical form",
            Expected = Invariants.Coverage,
            Broken = Fork().AttachedBy(AttachmentKind.IoprocHistorical),
            Twin = Fork().AttachedBy(AttachmentKind.IoprocComplete),
        };
        yield return new CatalogueEntry
        {
            Name = "B3-fork-write",
            Title = "device writes after fork",
            Year = 2005,
            What = "Fork was not told of at all: the consequence.",
            Interleaving = "After fork the device keeps its write permission and writes into a page that the child has too.",
            Seam = "the attachment: IOPROC in its historical form; coverage itself is not watched",
            Expected = Invariants.Permission,
            Watched = Invariants.All & ~Invariants.Coverage,
            Broken = Fork().AttachedBy(AttachmentKind.IoprocHistorical),
            Twin = Fork().AttachedBy(AttachmentKind.IoprocComplete),
        };
    }

    private static RaceScenario AttachedBy(this RaceScenario scenario, AttachmentKind kind)
    {
        Attachment attachment = Attachment.Of(kind);
        return scenario.Hooks(attachment.Hooks).Through(primary => attachment.Attach((AddressSpace)primary));
    }

    private static RaceScenario TwoAreas() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Pages(1, AccessRights.Read)
        .Thread("CPU", static cpu => cpu.Unmap(0, 2))
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceRead(1)).DeviceRead(1));

    private static RaceScenario Fork() => Small.Over(PageMirror.Correct)
        .Pages(1)
        .Thread("CPU", static cpu => cpu.Fork())
        .Thread("device", static device => device.BeforeRace(static before => before.DeviceWrite(0)).DeviceWrite(0));
}
