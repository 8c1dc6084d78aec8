using MmuNotifiers.Cli.Commands;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>The doctor's answer as text: a line for each group, and below it one for each thing that the group can use.</summary>
internal static class DoctorView
{
    private const int NameWidth = 26;
    private const int AnswerWidth = 4;

    public static void Show(IAnsiConsole console, DoctorAnswer answer)
    {
        console.WriteLine(answer.Host);
        foreach (DoctorGroup group in answer.Groups)
        {
            console.WriteLine();
            Grid grid = new Grid()
                .AddColumn(new GridColumn().NoWrap().Width(NameWidth).PadLeft(0).PadRight(1))
                .AddColumn(new GridColumn().NoWrap().Width(AnswerWidth).PadRight(1))
                .AddColumn();
            grid.AddRow(new Text(group.Name, new Style(decoration: Decoration.Bold)), Answer(group.Available, isRequired: true), new Text(group.Purpose));
            foreach (DoctorCheck check in group.Checks)
            {
                grid.AddRow(new Text($"  {check.Name}"), Answer(check.Available, check.Required), new Text(check.Detail ?? string.Empty));
            }

            console.Write(grid);
        }
    }

    /// <summary>What is missing and only helps is no alarm.</summary>
    private static Text Answer(bool isAvailable, bool isRequired) =>
        new(isAvailable ? "yes" : "no", new Style(isAvailable ? Color.Green : isRequired ? Color.Red : Color.Yellow));
}
