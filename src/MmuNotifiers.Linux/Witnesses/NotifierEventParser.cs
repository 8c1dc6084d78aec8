using System.Globalization;

namespace MmuNotifiers.Linux.Witnesses;

/// <summary>
/// Reads lines of a tracefs instance: <c>  name of thread-PID  [CPU] flags  seconds.micros: event: text</c>. The thread's name may hold anything
/// but a line's end, so a line is read from the event backwards.
/// </summary>
internal static class NotifierEventParser
{
    private const string Unmap = ": kvm_unmap_hva_range: mmu notifier unmap range: ";
    private const string Age = ": kvm_age_hva: mmu notifier age hva: ";
    private const string TestAge = ": kvm_test_age_hva: mmu notifier test age hva: ";
    private const string Load = ": kvm_mmu_set_spte: gfn ";
    private const string Mark = ": tracing_mark_write: ";
    private const string Between = " -- ";

    /// <summary>The event of a line; false for a line of another kind, or one that is torn.</summary>
    internal static bool TryParse(ReadOnlySpan<char> line, out NotifierEvent result)
    {
        result = default;
        return TrySplit(line, Unmap, out ReadOnlySpan<char> head, out ReadOnlySpan<char> text)
            ? TryRange(NotifierEventKind.Unmap, head, text, ref result)
            : TrySplit(line, Age, out head, out text) ? TryRange(NotifierEventKind.Age, head, text, ref result)
            : TrySplit(line, TestAge, out head, out text) ? TryPage(head, text, ref result)
            : TrySplit(line, Load, out head, out text) ? TryLoad(head, text, ref result)
            : TrySplit(line, Mark, out head, out text) && TryMark(head, text, ref result);
    }

    private static bool TrySplit(ReadOnlySpan<char> line, string separator, out ReadOnlySpan<char> head, out ReadOnlySpan<char> text)
    {
        int at = line.IndexOf(separator, StringComparison.Ordinal);
        head = at < 0 ? default : line[..at];
        text = at < 0 ? default : line[(at + separator.Length)..].TrimEnd();
        return at >= 0;
    }

    private static bool TryRange(NotifierEventKind kind, ReadOnlySpan<char> head, ReadOnlySpan<char> text, ref NotifierEvent result)
    {
        int between = text.IndexOf(Between, StringComparison.Ordinal);
        if (between < 0 || !TryHex(text[..between], out ulong start) || !TryHex(text[(between + Between.Length)..], out ulong end) || end < start
            || !TryHead(kind, head, ref result))
        {
            return false;
        }

        result = result with { Range = new AddressRange(new VirtualAddress(start), new VirtualAddress(end)) };
        return true;
    }

    private static bool TryPage(ReadOnlySpan<char> head, ReadOnlySpan<char> text, ref NotifierEvent result)
    {
        if (!TryHex(text, out ulong address) || address > ulong.MaxValue - (2 * Page.SizeBytes) || !TryHead(NotifierEventKind.TestAge, head, ref result))
        {
            return false;
        }

        result = result with { Range = AddressRange.OfPage(new VirtualAddress(address)) };
        return true;
    }

    /// <summary>The text is <c>GFN spte ENTRY (rwxu) level N at ADDRESS</c>.</summary>
    private static bool TryLoad(ReadOnlySpan<char> head, ReadOnlySpan<char> text, ref NotifierEvent result)
    {
        int end = text.IndexOf(' ');
        int rights = text.IndexOf('(');
        if (end < 0 || rights < 0 || rights + 2 >= text.Length || !TryHex(text[..end], out ulong page) || !TryHead(NotifierEventKind.Load, head, ref result))
        {
            return false;
        }

        result = result with { GuestPage = page, IsWritable = text[rights + 2] == 'w' };
        return true;
    }

    private static bool TryMark(ReadOnlySpan<char> head, ReadOnlySpan<char> text, ref NotifierEvent result)
    {
        if (!TryHead(NotifierEventKind.Mark, head, ref result))
        {
            return false;
        }

        result = result with { Text = text.ToString() };
        return true;
    }

    /// <summary>Name, thread, processor, flags and time.</summary>
    private static bool TryHead(NotifierEventKind kind, ReadOnlySpan<char> head, ref NotifierEvent result)
    {
        int time = head.LastIndexOf(' ');
        int processorEnd = head.LastIndexOf(']');
        int processorStart = head.LastIndexOf('[');
        if (time < 0 || processorStart < 0 || processorEnd < processorStart || !TryTime(head[(time + 1)..], out TimeSpan at)
            || !TryNumber(head[(processorStart + 1)..processorEnd], out int processor))
        {
            return false;
        }

        ReadOnlySpan<char> task = head[..processorStart].TrimEnd();
        int dash = task.LastIndexOf('-');
        result = new NotifierEvent(kind, dash >= 0 && TryNumber(task[(dash + 1)..], out int thread) ? thread : -1, processor, at);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        int point = text.IndexOf('.');
        if (point < 0 || text.Length - point - 1 != 6 || !TryNumber(text[..point], out int seconds) || !TryNumber(text[(point + 1)..], out int micros))
        {
            return false;
        }

        time = TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(micros);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>With or without 0x: the kernel leaves it out for zero.</summary>
    private static bool TryHex(ReadOnlySpan<char> text, out ulong number) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
}
