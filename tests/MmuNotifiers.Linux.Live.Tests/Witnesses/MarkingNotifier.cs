using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Live.Tests.Witnesses;

/// <summary>A subscriber that writes each bracket among the kernel's events, so that their order can be seen.</summary>
internal sealed class MarkingNotifier(NotifierTrace trace) : IMmuNotifier
{
    private const string Start = "start";
    private const string End = "end";

    /// <inheritdoc/>
    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        Mark(Start, range.Range);
        return true;
    }

    /// <inheritdoc/>
    public void InvalidateRangeEnd(in InvalidationRange range) => Mark(End, range.Range);

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <summary>What a mark says.</summary>
    /// <returns>Whether a bracket starts, and its range.</returns>
    internal static (bool IsStart, AddressRange Range) Read(NotifierEvent mark)
    {
        string[] words = mark.Text!.Split(' ');
        ulong start = ulong.Parse(words[1], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        ulong end = ulong.Parse(words[2], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        return (words[0] == Start, new AddressRange(new VirtualAddress(start), new VirtualAddress(end)));
    }

    private void Mark(string what, AddressRange range) => trace.Mark(FormattableString.Invariant($"{what} {range.Start.Value:x} {range.End.Value:x}"));
}
