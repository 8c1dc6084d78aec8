using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Hooks;

/// <summary>
/// The simplest secondary: a dictionary of translations that it drops when it is told, and never otherwise. What it still holds
/// after an operation, and the primary does not, is stale.
/// </summary>
internal abstract class TranslationMirror(AddressSpace space)
{
    private readonly Dictionary<VirtualAddress, MirrorEntry> _entries = [];

    /// <summary>The device accesses a page.</summary>
    public FaultResult Touch(VirtualAddress page, AccessRights access)
    {
        Span<Translation> translations = stackalloc Translation[1];
        RangeFaultResult result = space.FaultRange(AddressRange.OfPage(page), access, translations);
        if (result.Succeeded)
        {
            AccessRights rights = translations[0].Rights & ((access & AccessRights.Write) != 0 ? AccessRights.ReadWrite : AccessRights.Read);
            _entries[page] = new MirrorEntry(translations[0].Frame, rights);
        }

        return result.Result;
    }

    /// <summary>The device was given a page by other means than a fault.</summary>
    public void Install(VirtualAddress page, MirrorEntry entry) => _entries[page] = entry;

    /// <summary>The translations that it holds.</summary>
    public IEnumerable<KeyValuePair<VirtualAddress, MirrorEntry>> Entries => _entries;

    protected void Drop(AddressRange range)
    {
        foreach (VirtualAddress page in _entries.Keys.Where(range.Contains).ToArray())
        {
            _entries.Remove(page);
        }
    }

    protected void DropAll() => _entries.Clear();
}
