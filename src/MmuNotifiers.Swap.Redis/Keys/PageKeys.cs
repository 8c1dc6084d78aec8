using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace MmuNotifiers.Swap.Redis.Keys;

/// <summary>
/// The names of a store's keys: <c>mmun:{OWNER:GROUP}:SLOT:INCARNATION</c> for a page, <c>mmun:lease:{OWNER}</c> for the sign of life. The braces are the
/// hash tag of Redis Cluster: the 64 slots of a group lie on one node, so that neighbours go in one command; groups spread over all nodes.
/// </summary>
/// <remarks>OWNER is the store's number in hexadecimal and its lease in milliseconds: <c>9f86d081884c7d65.300000</c>.</remarks>
internal sealed class PageKeys
{
    /// <summary>How many neighbouring slots share a hash tag.</summary>
    public const int SlotsOfGroup = 64;

    private const int MostBytes = 192;

    private readonly string _prefix;

    public PageKeys(string prefix, OwnerId owner)
    {
        _prefix = prefix;
        Owner = owner;
        Lease = LeaseOf(prefix, owner);
    }

    public OwnerId Owner { get; }

    /// <summary>The key of the store's own lease.</summary>
    public string Lease { get; }

    /// <summary>What matches the keys of the store's pages, for SCAN.</summary>
    public string Pattern => PatternOf(_prefix, Owner);

    public static long GroupOf(long slot) => slot / SlotsOfGroup;

    public static string LeaseOf(string prefix, OwnerId owner) => $"{prefix}:lease:{{{owner}}}";

    public static string PatternOf(string prefix, OwnerId owner) => $"{prefix}:{{{owner}:*";

    /// <summary>What matches the pages of all owners.</summary>
    public static string PatternOfAll(string prefix) => $"{prefix}:{{*";

    /// <summary>What matches the leases of all owners.</summary>
    public static string PatternOfLeases(string prefix) => $"{prefix}:lease:{{*";

    /// <summary>The owner of a lease's key.</summary>
    public static bool TryReadLease(string prefix, string key, out OwnerId owner)
    {
        owner = default;
        int start = prefix.Length + ":lease:{".Length;
        return key.Length > start && key[^1] == '}' && OwnerId.TryParse(key.AsSpan(start, key.Length - 1 - start), out owner);
    }

    /// <summary>The owner of a page's key.</summary>
    public static bool TryReadOwner(string prefix, string key, out OwnerId owner)
    {
        owner = default;
        int start = prefix.Length + 2;
        int end = key.Length > start ? key.IndexOf(':', start) : -1;
        return end > 0 && OwnerId.TryParse(key.AsSpan(start, end - start), out owner);
    }

    /// <summary>The key of a page, as bytes.</summary>
    public byte[] Page(long slot, uint incarnation)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        Utf8.TryWrite(bytes, CultureInfo.InvariantCulture, $"{_prefix}:{{{Owner}:{GroupOf(slot)}}}:{slot}:{incarnation}", out int written);
        return bytes[..written].ToArray();
    }

    /// <summary>The key of a page, for messages.</summary>
    public string PageName(long slot, uint incarnation) => Encoding.UTF8.GetString(Page(slot, incarnation));
}
