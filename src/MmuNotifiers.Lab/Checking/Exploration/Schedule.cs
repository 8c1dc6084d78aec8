using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MmuNotifiers.Lab.Checking.Exploration;

/// <summary>Who made each step of an execution; enough to make it again, exactly.</summary>
/// <remarks>
/// As text: runs of steps of one process, "0*12 1*5 0*3"; a process is the number of a thread, or the number of threads plus that
/// of a thread for a step of its store buffer.
/// </remarks>
/// <param name="Processes">The process of each step.</param>
internal readonly record struct Schedule(ImmutableArray<byte> Processes)
{
    /// <summary>How often another process than before makes the step.</summary>
    internal int Switches
    {
        get
        {
            int switches = 0;
            for (int i = 1; i < Processes.Length; i++)
            {
                switches += Processes[i] == Processes[i - 1] ? 0 : 1;
            }

            return switches;
        }
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not a schedule.</exception>
    internal static Schedule Parse(string text)
    {
        ImmutableArray<byte>.Builder processes = ImmutableArray.CreateBuilder<byte>();
        foreach (string run in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int star = run.IndexOf('*', StringComparison.Ordinal);
            byte process = byte.Parse(star < 0 ? run : run[..star], NumberStyles.None, CultureInfo.InvariantCulture);
            int length = star < 0 ? 1 : int.Parse(run[(star + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
            processes.AddRange(Enumerable.Repeat(process, length));
        }

        return new Schedule(processes.ToImmutable());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new();
        for (int i = 0; i < Processes.Length;)
        {
            int end = i;
            while (end < Processes.Length && Processes[end] == Processes[i])
            {
                end++;
            }

            text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{Processes[i]}*{end - i}");
            i = end;
        }

        return text.ToString();
    }
}
