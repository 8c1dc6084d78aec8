using System.Diagnostics;
using System.Reflection;
using MmuNotifiers.Linux.Witnesses;

namespace MmuNotifiers.Linux.Oracle;

/// <summary>
/// The running kernel as the judge of how an address space behaves: a program in C, made with the system's compiler when it is
/// first needed, whose processes perform what they are told for real. Questions and answers are lines; their form stands at the
/// head of Oracle/Native/oracle.h. Used by one thread at a time.
/// </summary>
public sealed class KernelOracle : IDisposable
{
    private const string ResourcePrefix = "oracle/";

    private readonly Process _process;
    private readonly string _folder;
    private TraceInstance? _traceInstance;

    private KernelOracle(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Where questions go. Nothing is answered before a case is complete.</summary>
    public TextWriter Questions => _process.StandardInput;

    /// <summary>Where answers come from.</summary>
    public TextReader Answers => _process.StandardOutput;

    /// <summary>Compiles the program into a folder that only this user can read, and starts it. Takes half a second.</summary>
    /// <exception cref="PlatformNotSupportedException">The host lacks what <see cref="HostCapabilities.KernelOracle"/> says.</exception>
    /// <exception cref="InvalidOperationException">The compiler refuses; the message is its own.</exception>
    public static KernelOracle Start()
    {
        if (HostCapabilities.KernelOracle.Reason is { } reason)
        {
            throw new PlatformNotSupportedException(reason);
        }

        string folder = Directory.CreateTempSubdirectory("mmun-oracle-").FullName;
        try
        {
            string program = Compile(folder);
            ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
            return new KernelOracle(Process.Start(start)!, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>
    /// A trace instance of tracefs that only this oracle writes to, so that listening disturbs nobody; it goes with the oracle.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The host lacks what <see cref="HostCapabilities.NotifierTrace"/> says.</exception>
    public string TraceInstance()
    {
        _traceInstance ??= Witnesses.TraceInstance.Create();
        return _traceInstance.Folder;
    }

    /// <summary>Ends the program and removes what was made for it.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program has gone already, with what was written to it last.
        }

        _process.WaitForExit();
        _process.Dispose();
        _traceInstance?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Compile(string folder)
    {
        Assembly assembly = typeof(KernelOracle).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using Stream source = assembly.GetManifestResourceStream(resource)!;
            using FileStream file = File.Create(Path.Combine(folder, resource[ResourcePrefix.Length..]));
            source.CopyTo(file);
        }

        string program = Path.Combine(folder, "oracle");
        ProcessStartInfo start = new(
            HostCapabilities.Compiler.Detail!,
            ["-O2", "-w", "-o", program, .. Directory.GetFiles(folder, "*.c")])
        {
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(start)!;
        string complaint = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? program : throw new InvalidOperationException($"cc refuses the oracle: {complaint}");
    }
}
