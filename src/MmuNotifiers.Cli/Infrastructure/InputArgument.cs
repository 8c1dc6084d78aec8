using System.CommandLine;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>The file that a verb reads.</summary>
internal static class InputArgument
{
    /// <summary>Makes the argument. A word that looks like an option and names no file is wrong use, not a missing file.</summary>
    public static Argument<string> Create(string description)
    {
        Argument<string> file = new("FILE") { Description = description };
        file.Validators.Add(result =>
        {
            foreach (string word in result.Tokens.Select(token => token.Value))
            {
                if (word.StartsWith('-') && !File.Exists(word))
                {
                    result.AddError($"'{word}' is neither an option of this verb nor a file.");
                }
            }
        });
        return file;
    }
}
