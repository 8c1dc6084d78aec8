using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>
/// Where a command writes: answers to standard output, everything else to standard error. Without a terminal, or with NO_COLOR
/// set, nothing but text is written.
/// </summary>
internal sealed class CommandConsole : IDisposable
{
    /// <summary>How wide tables are where there is no terminal to ask.</summary>
    private const int PipedWidth = 80;

    private readonly ConsoleCancelEventHandler? _onCancel;
    private readonly bool _isProcess;
    private readonly Func<Stream> _openOutput;
    private readonly CancellationTokenSource _cancellation = new();

    private CommandConsole(TextWriter output, bool outputIsTerminal, TextWriter error, bool errorIsTerminal, Func<Stream>? openOutput)
    {
        _openOutput = openOutput ?? (() => new TextWriterStream(output));
        Output = output;
        Error = error;
        ErrorIsTerminal = errorIsTerminal;
        Answers = CreateAnsi(output, outputIsTerminal);
        Messages = CreateAnsi(error, errorIsTerminal);
        _isProcess = openOutput is not null;
        if (_isProcess)
        {
            _onCancel = OnCancel;
            Console.CancelKeyPress += _onCancel;
        }
    }

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether somebody looks at standard error, so that progress is worth showing.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Standard output for tables.</summary>
    public IAnsiConsole Answers { get; }

    /// <summary>Standard error for progress.</summary>
    public IAnsiConsole Messages { get; }

    /// <summary>Cancelled by Ctrl+C.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>The console of this process.</summary>
    public static CommandConsole ForProcess() =>
        new(Console.Out, !Console.IsOutputRedirected, Console.Error, !Console.IsErrorRedirected, Console.OpenStandardOutput);

    /// <summary>A console that writes to the given writers, as if both were piped.</summary>
    public static CommandConsole ForWriters(TextWriter output, TextWriter error) => new(output, false, error, false, openOutput: null);

    /// <summary>Standard output for bytes. The caller disposes it.</summary>
    public Stream OpenOutput()
    {
        Output.Flush();
        return _openOutput();
    }

    /// <summary>
    /// Standard input, output and error as the system has them, for another program's bytes: a reader that went away is an error there, which the
    /// runtime's console hides. Elsewhere than in a process of its own: no input, and the writers. The caller disposes them.
    /// </summary>
    public (Stream Input, Stream Output, Stream Error) OpenStandardStreams()
    {
        Output.Flush();
        Error.Flush();
        return _isProcess
            ? (OpenStandard(0, FileAccess.Read), OpenStandard(1, FileAccess.Write), OpenStandard(2, FileAccess.Write))
            : (Stream.Null, new TextWriterStream(Output), new TextWriterStream(Error));
    }

    /// <summary>Writes an answer as JSON and ends the line.</summary>
    public void WriteJson<T>(T answer, JsonTypeInfo<T> type) => Output.WriteLine(JsonSerializer.Serialize(answer, type));

    /// <summary>Writes one line of an answer, however long it is.</summary>
    public void WriteLine(string line) => Output.WriteLine(line);

    /// <summary>Writes one line on standard error, with the command's name in front.</summary>
    public void WriteError(string message) => Error.WriteLine($"mmun: {message.ReplaceLineEndings(" ")}");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_onCancel is not null)
        {
            Console.CancelKeyPress -= _onCancel;
        }

        _cancellation.Dispose();
    }

    private static IAnsiConsole CreateAnsi(TextWriter writer, bool isTerminal)
    {
        bool colour = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
        {
            console.Profile.Width = PipedWidth;
        }

        return console;
    }

    private static FileStream OpenStandard(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);

    private void OnCancel(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = true;
        _cancellation.Cancel();
    }
}
