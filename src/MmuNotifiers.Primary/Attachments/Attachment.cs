using System.Collections.Immutable;

namespace MmuNotifiers.Primary;

/// <summary>
/// A place to attach secondaries at, as a value: its name, the hook table that an address space needs for it, and how a secondary is
/// attached. The address space must have been made with <see cref="Hooks"/>.
/// </summary>
public sealed class Attachment
{
    private Attachment(AttachmentKind kind, string name, HookTable hooks)
    {
        Kind = kind;
        Name = name;
        Hooks = hooks;
    }

    /// <summary>Every place, the current one first.</summary>
    public static ImmutableArray<Attachment> All { get; } =
    [
        new(AttachmentKind.AddressSpace, "mm, v7", HookTable.Standard),
        new(AttachmentKind.Version2, "mm, #v2", HookTable.Version2),
        new(AttachmentKind.Version2Pinned, "mm, #v2 with pins", HookTable.Version2ForPins),
        new(AttachmentKind.Version5, "mm, v5", HookTable.Version5),
        new(AttachmentKind.Area, "vma", HookTable.Standard),
        new(AttachmentKind.Interval, "interval", HookTable.Standard),
        new(AttachmentKind.MemorySlot, "memslot", HookTable.Standard),
        new(AttachmentKind.IoprocHistorical, "IOPROC, historical", HookTable.HistoricalIoproc),
        new(AttachmentKind.IoprocComplete, "IOPROC, complete", HookTable.Standard),
    ];

    /// <summary>Which one it is.</summary>
    public AttachmentKind Kind { get; }

    /// <summary>Its name in a table: <c>mm, v7</c>.</summary>
    public string Name { get; }

    /// <summary>When the primary calls: for <see cref="AddressSpaceOptions.Hooks"/>.</summary>
    public HookTable Hooks { get; }

    /// <summary>Whether it is kept as it was, to show what goes wrong: its stale translations are expected.</summary>
    public bool IsHistorical => Kind is AttachmentKind.Version2 or AttachmentKind.IoprocHistorical;

    /// <summary>The place of a kind.</summary>
    public static Attachment Of(AttachmentKind kind) => All.FirstOrDefault(attachment => attachment.Kind == kind)
        ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such attachment.");

    /// <summary>
    /// What one secondary gets as its primary. It subscribes and faults there as it would at the address space, and knows nothing of the
    /// attachment. Dispose it after the secondary.
    /// </summary>
    /// <exception cref="ArgumentException">The address space has another hook table.</exception>
    public AttachedMmu Attach(AddressSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (!ReferenceEquals(space.Hooks, Hooks))
        {
            throw new ArgumentException($"The address space was not made with the hook table of \"{Name}\".", nameof(space));
        }

        return Kind switch
        {
            AttachmentKind.Area => new AreaAttachedMmu(space, this),
            AttachmentKind.Interval => new BlockAttachedMmu(space, this),
            AttachmentKind.Version2 => new HeldMmu(space, this, pins: false),
            AttachmentKind.Version2Pinned => new HeldMmu(space, this, pins: true),
            AttachmentKind.IoprocHistorical => new IoprocMmu(space, this, IoprocForm.Historical),
            AttachmentKind.IoprocComplete => new IoprocMmu(space, this, IoprocForm.Complete),
            _ => new AttachedMmu(space, this),
        };
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
