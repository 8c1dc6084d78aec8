using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

/// <summary>A mirror that caches entries of the primary's own table: it is flushed under the page-table lock.</summary>
internal sealed class SharedTableMirror(AddressSpace space) : TranslationMirror(space), ISecondaryTlb
{
    public void Invalidate(AddressRange range) => Drop(range);
}
