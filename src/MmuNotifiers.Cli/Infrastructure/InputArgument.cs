using System.CommandLine;
using System.CommandLine.Parsing;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>The file that a verb reads.</summary>
internal static class InputArgument
{
    /// <summary>Makes the argument. A word that looks like an option and names no file is wrong use, not a missing file.</summary>
    public static Argument<string> Create(string description)
    {
        Argument<string> file = new("FILE") { Description = description };
        file.Validators.Add(RefuseUnknownOptions);
        return file;
    }

    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Makes the argument of a verb that reads standard input too, by the name <see cref="StandardInput"/>.</summary>
    public static Argument<string> CreateOrStandardInput(string description)
    {
        Argument<string> file = new("FILE") { Description = description };
        file.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: StandardInput }])
            {
                RefuseUnknownOptions(result);
            }
        });
        return file;
    }

    /// <summary>Makes the argument of a verb that reads one file or more.</summary>
    public static Argument<string[]> CreateSeveral(string name, string description)
    {
        Argument<string[]> files = new(name) { Description = description, Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(RefuseUnknownOptions);
        return files;
    }

    private static void RefuseUnknownOptions(ArgumentResult result)
    {
        foreach (string word in result.Tokens.Select(token => token.Value))
        {
            if (word.StartsWith('-') && !File.Exists(word))
            {
                result.AddError($"'{word}' is neither an option of this verb nor a file.");
            }
        }
    }
}
