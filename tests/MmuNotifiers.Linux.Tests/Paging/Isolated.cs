using System.Diagnostics;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>
/// Runs a test in a process of its own with a time limit, since what it looks for is a deadlock: nothing inside a process that is stuck can be trusted to
/// end it.
/// </summary>
internal static class Isolated
{
    private const string Mark = "MMU_NOTIFIERS_ISOLATED_TEST";

    /// <summary>Whether this is such a process.</summary>
    private static bool IsInside => Environment.GetEnvironmentVariable(Mark) == "1";

    /// <summary>Runs the calling test's body in such a process, for each kind of window that the host can make.</summary>
    /// <param name="body">The test.</param>
    /// <param name="limit">How long all may take.</param>
    internal static void RunForEachBacking(Action<PagedMemoryBacking> body, TimeSpan limit)
    {
        PagedMemoryBacking[] backings = Host.Backings();
        Run(() => Array.ForEach(backings, body), limit);
    }

    /// <summary>Runs the calling test's body.</summary>
    /// <param name="body">The test.</param>
    /// <param name="limit">How long it may take.</param>
    internal static void Run(Action body, TimeSpan limit)
    {
        if (IsInside || Debugger.IsAttached)
        {
            body();
            return;
        }

        var test = TestContext.Current.TestMethod!;
        string name = $"{test.TestClass.TestClassName}.{test.MethodName}";
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Mark] = "1" },
        };
        string assembly = typeof(Isolated).Assembly.Location;
        foreach (string argument in (string[])[assembly, "--filter-method", name, "--progress", "off", "--no-ansi"])
        {
            start.ArgumentList.Add(argument);
        }

        if (!Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.RemoveAt(0);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.Fail($"{name} did not end within {limit}: it is stuck.");
        }

        Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}:\n{output.Result}\n{errors.Result}");
    }
}
