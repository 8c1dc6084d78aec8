using System.Globalization;
using Spectre.Console;

namespace MmuNotifiers.Cli.Rendering;

/// <summary>Tables without lines, as narrow as they can be: a column of names, then columns of figures.</summary>
internal static class Tables
{
    private const int Gap = 2;
    private const int NarrowGap = 1;

    /// <summary>Makes an empty table.</summary>
    public static Table New(params string[] columns) => New(columns, Gap);

    /// <summary>Makes an empty table whose columns stand close together.</summary>
    public static Table NewNarrow(params string[] columns) => New(columns, NarrowGap);

    /// <summary>Adds a row.</summary>
    public static void AddRow(Table table, params string[] cells) => AddRow(table, Style.Plain, cells);

    /// <summary>Adds a row in a style.</summary>
    public static void AddRow(Table table, Style style, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell, style)));

    /// <summary>A whole number with separators.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole in percent.</summary>
    public static string Share(long part, long whole) =>
        whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:F0} %");

    private static Table New(string[] columns, int gap)
    {
        Table table = new Table().Border(TableBorder.None);
        for (int i = 0; i < columns.Length; i++)
        {
            TableColumn column = new TableColumn(new Text(columns[i], new Style(decoration: Decoration.Underline))).NoWrap();
            column.PadLeft(0).PadRight(i == columns.Length - 1 ? 0 : gap);
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        return table;
    }
}
