using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MmuNotifiers.Swap;

/// <summary>
/// A swap store in one line of text, as a command line or a configuration names it: <c>[LAYER+]KIND[:TARGET][?OPTION=VALUE[&amp;OPTION=VALUE]...]</c>,
/// such as <c>memory:1GiB</c>, <c>file:/var/tmp/swap?size=4GiB&amp;direct=true</c>, <c>lz4+file:/var/tmp/swap</c>. The target ends at the first question mark.
/// </summary>
/// <remarks>Sizes are bytes, or a number with KiB, MiB, GiB or TiB. Whatever is wrong is a <see cref="FormatException"/> of one line.</remarks>
public sealed class SwapStoreDescription
{
    private static readonly (string Name, int Shift)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("B", 0), (string.Empty, 0)];
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    private SwapStoreDescription(string text, string[] layers, string kind, string target)
    {
        Text = text;
        Layers = layers;
        Kind = kind;
        Target = target;
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>What stands in front of the store, outermost first: <c>lz4</c>.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>The kind of store: <c>file</c>.</summary>
    public string Kind { get; }

    /// <summary>What follows the kind's colon (a path, a size, servers), or the empty string.</summary>
    public string Target { get; }

    /// <summary>The names of the options that were given.</summary>
    public IReadOnlyCollection<string> Options => _options.Keys;

    /// <summary>Takes a text apart. Whether kind, layers and options exist, the catalog knows.</summary>
    /// <exception cref="FormatException">The text has no kind, or an option without a name or a value, or one twice.</exception>
    public static SwapStoreDescription Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int question = text.IndexOf('?', StringComparison.Ordinal);
        string store = question < 0 ? text : text[..question];
        int colon = store.IndexOf(':', StringComparison.Ordinal);
        string[] kinds = (colon < 0 ? store : store[..colon]).Split('+');
        if (kinds.Any(string.IsNullOrWhiteSpace))
        {
            throw new FormatException($"swap store '{text}': expected KIND[:TARGET][?OPTION=VALUE&...], such as memory:1GiB or file:PATH?size=4GiB");
        }

        SwapStoreDescription description = new(text, kinds[..^1], kinds[^1], colon < 0 ? string.Empty : store[(colon + 1)..]);
        if (question >= 0)
        {
            description.ReadOptions(text[(question + 1)..]);
        }

        return description;
    }

    /// <summary>The value of an option, if it was given.</summary>
    public bool TryGet(string option, [NotNullWhen(true)] out string? value) => _options.TryGetValue(option, out value);

    /// <summary>The value of an option that is a size in bytes.</summary>
    /// <exception cref="FormatException">It is no size.</exception>
    public long GetBytes(string option, long defaultBytes) => TryGet(option, out string? value) ? ParseBytes(option, value) : defaultBytes;

    /// <summary>The target as a size in bytes.</summary>
    /// <exception cref="FormatException">There is a target and it is no size.</exception>
    public long GetTargetBytes(long defaultBytes) => Target.Length == 0 ? defaultBytes : ParseBytes(Kind, Target);

    /// <summary>The value of an option that is <c>true</c> or <c>false</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public bool GetBoolean(string option, bool defaultValue) => !TryGet(option, out string? value)
        ? defaultValue
        : bool.TryParse(value, out bool parsed) ? parsed : throw Wrong(option, value, "true or false");

    /// <summary>The value of an option that is a whole number, not negative.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public int GetNumber(string option, int defaultValue) => !TryGet(option, out string? value)
        ? defaultValue
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : throw Wrong(option, value, "a number");

    /// <summary>The refusal of a value, for options that a store reads itself.</summary>
    /// <param name="option">The option.</param>
    /// <param name="value">What was given.</param>
    /// <param name="expected">What was expected, in a few words.</param>
    public FormatException Wrong(string option, string value, string expected) =>
        new($"swap store '{Text}': {option} is '{value}', expected {expected}");

    /// <inheritdoc/>
    public override string ToString() => Text;

    private void ReadOptions(string options)
    {
        foreach (string option in options.Split('&'))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == option.Length - 1)
            {
                throw new FormatException($"swap store '{Text}': option '{option}', expected NAME=VALUE");
            }

            if (!_options.TryAdd(option[..equals], option[(equals + 1)..]))
            {
                throw new FormatException($"swap store '{Text}': option '{option[..equals]}' is given twice");
            }
        }
    }

    private long ParseBytes(string name, string value)
    {
        (string unit, int shift) = Units.First(unit => value.EndsWith(unit.Name, StringComparison.OrdinalIgnoreCase));
        bool isNumber = long.TryParse(value.AsSpan()[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        return isNumber && number <= long.MaxValue >> shift && number << shift >= Page.SizeBytes
            ? number << shift
            : throw Wrong(name, value, "a size of a page (4KiB) or more, such as 256MiB or 4GiB");
    }
}
