using System.Globalization;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Keeps track of which file a descriptor names, as far as the text shows the calls that open and close.</summary>
internal static class StraceDescriptors
{
    public static void Note(StraceProcess process, ReadOnlySpan<char> call, string arguments, ReadOnlySpan<char> result)
    {
        if (!StraceNumbers.TryParseResult(result, out long value) || value < 0)
        {
            return;
        }

        switch (call)
        {
            case "open" or "openat" or "openat2" or "creat" when StraceArguments.Quoted(arguments) is { } path:
                process.Descriptors[(int)value] = new StraceFile(path, null);
                break;
            case "memfd_create" when StraceArguments.Quoted(arguments) is { } name:
                process.Descriptors[(int)value] = new StraceFile("/memfd:" + name, null);
                break;
            case "dup" or "dup2" or "dup3" when Descriptor(arguments) is { } from && process.Descriptors.TryGetValue(from, out StraceFile? file):
                process.Descriptors[(int)value] = file;
                break;
            case "close" when Descriptor(arguments) is { } closed:
                process.Descriptors.Remove(closed);
                break;
            case "fstat" or "newfstatat" when Descriptor(arguments) is { } asked:
                NoteSize(process, asked, arguments);
                break;
        }
    }

    private static void NoteSize(StraceProcess process, int descriptor, ReadOnlySpan<char> arguments)
    {
        var cursor = new TextCursor(arguments);
        if (process.Descriptors.TryGetValue(descriptor, out StraceFile? file) && cursor.TryTakeUntil("st_size=", out _)
            && cursor.TryDecimal(out ulong size))
        {
            process.Descriptors[descriptor] = file with { SizeBytes = size };
        }
    }

    private static int? Descriptor(ReadOnlySpan<char> arguments)
    {
        int end = arguments.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? arguments : arguments[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) ? descriptor : null;
    }
}
