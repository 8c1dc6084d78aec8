using System.Globalization;

namespace MmuNotifiers.Secondary.Kvm;

/// <summary>The number of a page of a guest's physical memory (KVM's gfn).</summary>
/// <param name="Value">The guest physical address divided by the page size.</param>
public readonly record struct GuestFrameNumber(ulong Value)
{
    /// <summary>The number in hexadecimal: <c>gfn 0x10</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"gfn 0x{Value:x}");
}
