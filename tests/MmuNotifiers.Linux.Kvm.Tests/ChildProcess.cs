using System.Diagnostics;
using System.Text;

namespace MmuNotifiers.Linux.Kvm.Tests;

/// <summary>A process with a time limit: what is stuck is ended from outside, since nothing inside it can be trusted to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ChildProcess(int ExitCode, byte[] Output, string Error)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Mark = "MMU_NOTIFIERS_ISOLATED_TEST";

    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Runs a program of this build: <c>mmun</c>, a sample, or this very assembly.</summary>
    public static ChildProcess RunManaged(string assembly, IEnumerable<string> arguments, byte[]? input = null) =>
        Run("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments], input);

    public static ChildProcess Run(string file, IEnumerable<string> arguments, byte[]? input = null, string? mark = null)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (mark is not null)
        {
            start.Environment[mark] = "1";
        }

        using Process process = Process.Start(start)!;
        using MemoryStream output = new();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        Task writing = Task.Run(() => Feed(process, input), cancellation);
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.Fail($"{file} {string.Join(' ', arguments)} did not end within {Patience}: it is stuck.");
        }

        Assert.True(Task.WaitAll([reading, errors, writing], Patience));
        return new ChildProcess(process.ExitCode, output.ToArray(), errors.Result);
    }

    /// <summary>Runs the calling test's body in a process of its own.</summary>
    public static void Isolate(Action body)
    {
        if (Environment.GetEnvironmentVariable(Mark) == "1" || Debugger.IsAttached)
        {
            body();
            return;
        }

        var test = TestContext.Current.TestMethod!;
        ChildProcess child = Run(
            "dotnet",
            [
                typeof(ChildProcess).Assembly.Location, "--filter-method", $"{test.TestClass.TestClassName}.{test.MethodName}", "--progress", "off", "--no-ansi",
            ],
            mark: Mark);
        Assert.True(child.ExitCode == 0, $"{test.MethodName} ended with {child.ExitCode}:\n{child.Text}\n{child.Error}");
    }

    private static void Feed(Process process, byte[]? input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything, as head does.
        }
    }
}
