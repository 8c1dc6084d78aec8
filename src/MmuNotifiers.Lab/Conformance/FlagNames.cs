using System.Globalization;
using System.Text.Json;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>The names that cases give to the bits of one argument, with Linux' numbers; <c>raw:0x10</c> stands for any other.</summary>
internal sealed class FlagNames
{
    private readonly (string Name, uint Bits)[] _names;

    private FlagNames(params (string Name, uint Bits)[] names) => _names = names;

    /// <summary>MAP_*.</summary>
    internal static FlagNames Map { get; } = new(
        ("shared", 0x1), ("private", 0x2), ("shared_validate", 0x3), ("fixed", 0x10), ("anon", 0x20), ("32bit", 0x40),
        ("growsdown", 0x100), ("denywrite", 0x800), ("executable", 0x1000), ("locked", 0x2000), ("noreserve", 0x4000),
        ("populate", 0x8000), ("nonblock", 0x1_0000), ("stack", 0x2_0000), ("hugetlb", 0x4_0000), ("sync", 0x8_0000),
        ("fixed_noreplace", 0x10_0000));

    /// <summary>MREMAP_*.</summary>
    internal static FlagNames Remap { get; } = new(("maymove", 1), ("fixed", 2), ("dontunmap", 4));

    /// <summary>MS_*.</summary>
    internal static FlagNames Sync { get; } = new(("async", 1), ("invalidate", 2), ("sync", 4));

    /// <summary>MADV_*.</summary>
    internal static FlagNames Advice { get; } = new(
        ("normal", 0), ("random", 1), ("sequential", 2), ("willneed", 3), ("dontneed", 4), ("free", 8), ("remove", 9),
        ("dontfork", 10), ("dofork", 11), ("mergeable", 12), ("unmergeable", 13), ("hugepage", 14), ("nohugepage", 15),
        ("dontdump", 16), ("dodump", 17), ("wipeonfork", 18), ("keeponfork", 19), ("cold", 20), ("pageout", 21),
        ("populate_read", 22), ("populate_write", 23), ("dontneed_locked", 24), ("collapse", 25), ("guard_install", 102),
        ("guard_remove", 103), ("hwpoison", 100), ("soft_offline", 101));

    /// <summary>PROT_* as letters: <c>rw</c>, <c>none</c>, <c>raw:0x8</c>.</summary>
    internal static uint ReadProtection(string text)
    {
        if (TryReadRaw(text, out uint raw))
        {
            return raw;
        }

        uint bits = 0;
        foreach (char letter in text == "none" ? string.Empty : text)
        {
            bits |= letter switch
            {
                'r' => 1u,
                'w' => 2u,
                'x' => 4u,
                '-' => 0u,
                _ => throw new FormatException($"\"prot\" should be none, letters of rwx, or raw:0x.., not \"{text}\""),
            };
        }

        return bits;
    }

    /// <summary>PROT_* in the form of a case.</summary>
    internal static string ProtectionText(uint bits)
    {
        if (bits > 7)
        {
            return RawText(bits);
        }

        return bits == 0
            ? "none"
            : string.Concat((bits & 1) != 0 ? "r" : string.Empty, (bits & 2) != 0 ? "w" : string.Empty, (bits & 4) != 0 ? "x" : string.Empty);
    }

    /// <summary>Reads an array of names (or one name alone) as the sum of their bits.</summary>
    internal uint ReadMany(JsonElement json, string property) =>
        CaseJson.Texts(json, property).Aggregate(0u, (bits, name) => bits | ReadName(name, property));

    /// <summary>Reads one name, or a plain number.</summary>
    internal uint ReadOne(JsonElement json, string property) =>
        json.TryGetProperty(property, out JsonElement element) && element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int number)
            ? unchecked((uint)number)
            : ReadName(CaseJson.Text(json, property), property);

    /// <summary>The name of one value.</summary>
    internal string TextOf(uint value)
    {
        string? name = _names.FirstOrDefault(known => known.Bits == value).Name;
        return name ?? RawText(value);
    }

    /// <summary>The names of single bits whose sum is a value; what has no name stays raw.</summary>
    internal IEnumerable<string> TextsOf(uint bits)
    {
        foreach ((string name, uint known) in _names)
        {
            if (uint.IsPow2(known) && (bits & known) != 0)
            {
                bits &= ~known;
                yield return name;
            }
        }

        if (bits != 0)
        {
            yield return RawText(bits);
        }
    }

    private static string RawText(uint bits) => string.Create(CultureInfo.InvariantCulture, $"raw:0x{bits:x}");

    private static bool TryReadRaw(string text, out uint bits)
    {
        bits = 0;
        if (!text.StartsWith("raw:", StringComparison.Ordinal))
        {
            return false;
        }

        string number = text["raw:".Length..];
        if (number.StartsWith("0x", StringComparison.Ordinal))
        {
            return uint.TryParse(number.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);
        }

        bool isNumber = int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
        bits = unchecked((uint)value);
        return isNumber;
    }

    private uint ReadName(string name, string property)
    {
        foreach ((string known, uint bits) in _names)
        {
            if (known == name)
            {
                return bits;
            }
        }

        return TryReadRaw(name, out uint raw) ? raw : throw new FormatException($"unknown name \"{name}\" in \"{property}\"");
    }
}
