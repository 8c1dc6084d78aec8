using System.Collections.Immutable;
using System.Text;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>
/// A line in which valgrind speaks of itself: <c>==PID== TEXT</c>, <c>--PID-- TEXT</c>, or <c>**PID** TEXT</c>. Who makes the same text with the plugin for QEMU
/// puts <c>==PID== Using QEMU-VERSION</c> and the command before it.
/// </summary>
internal readonly ref struct ValgrindLine
{
    private ValgrindLine(int processId, ReadOnlySpan<char> text)
    {
        ProcessId = processId;
        Text = text;
    }

    public int ProcessId { get; }

    public ReadOnlySpan<char> Text { get; }

    /// <summary>Reads a line; false for everything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ValgrindLine line)
    {
        line = default;
        if (text.Length < 2 || text[0] != text[1] || text[0] is not ('=' or '-' or '*'))
        {
            return false;
        }

        ReadOnlySpan<char> mark = text[..2];
        TextCursor cursor = new(text[2..]);
        if (!cursor.TryInt32(out int processId) || processId <= 0 || !cursor.TrySkip(mark))
        {
            return false;
        }

        line = new ValgrindLine(processId, cursor.Rest.Trim());
        return true;
    }

    /// <summary>What the line tells of the recording, added to a head.</summary>
    public TraceHeader AddTo(TraceHeader header)
    {
        const string Command = "Command: ";
        const string Version = "Using Valgrind-";
        const string PluginVersion = "Using QEMU-";
        if (Text.StartsWith(Command, StringComparison.Ordinal) && header.Command.IsEmpty)
        {
            return header with { Command = Words(Text[Command.Length..]) };
        }

        if (Text.StartsWith(Version, StringComparison.Ordinal) && header.Recorder is null)
        {
            TextCursor cursor = new(Text[Version.Length..]);
            return cursor.TryTakeUntil(" ", out ReadOnlySpan<char> version) ? header with { Recorder = $"valgrind {version}, lackey" } : header;
        }

        if (Text.StartsWith(PluginVersion, StringComparison.Ordinal) && header.Recorder is null)
        {
            return header with { Recorder = $"QEMU {Text[PluginVersion.Length..]}, traces/lackey.c" };
        }

        return header;
    }

    /// <summary>The words of a command; valgrind puts a backslash before a blank inside of one.</summary>
    private static ImmutableArray<string> Words(ReadOnlySpan<char> command)
    {
        ImmutableArray<string>.Builder words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        for (int i = 0; i < command.Length; i++)
        {
            if (command[i] == '\\' && i + 1 < command.Length)
            {
                word.Append(command[++i]);
            }
            else if (command[i] != ' ')
            {
                word.Append(command[i]);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words.ToImmutable();
    }
}
