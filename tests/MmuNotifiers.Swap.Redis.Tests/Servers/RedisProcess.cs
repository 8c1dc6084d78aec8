using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>
/// A redis-server of Debian on a loopback port of its own, in a folder of its own. It ends with this program, however that ends: a shell stands between, which
/// waits for the end of its standard input, then kills the server and removes the folder; if the shell is killed, the kernel kills the server.
/// </summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Guard = """
        folder=$1; shift
        setpriv --pdeathsig KILL "$@" </dev/null >/dev/null 2>&1 &
        server=$!
        cat >/dev/null
        kill -KILL $server 2>/dev/null
        wait
        rm -rf "$folder"
        """;

    private static readonly string[] Needed = ["redis-server", "setpriv"];

    private readonly string[] _arguments;

    /// <summary>The guards of the server and of its predecessors.</summary>
    private readonly List<Process> _guards = [];

    private RedisProcess(string[] arguments)
    {
        int[] ports = FreePorts.Take(2);
        Port = ports[0];
        BusPort = ports[1];
        _arguments =
        [
            "redis-server", "--port", $"{Port}", "--cluster-port", $"{BusPort}", "--bind", "127.0.0.1", "--save", string.Empty, "--appendonly", "no",
            "--daemonize", "no", "--dir", Folder, "--pidfile", PidFile, "--logfile", LogFile, "--enable-debug-command", "yes", .. arguments,
        ];
    }

    /// <summary>Where the server works; goes with it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mmun-redis-").FullName;

    public int Port { get; }

    /// <summary>Where the nodes of a cluster talk to each other.</summary>
    public int BusPort { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The server's process.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    private string PidFile => Path.Combine(Folder, "pid");

    private string LogFile => Path.Combine(Folder, "log");

    /// <summary>What of the host's programs is missing to start a server; null when nothing is.</summary>
    public static string? FindMissing()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        string[] missing = [.. Needed.Where(name => !folders.Any(folder => File.Exists(Path.Combine(folder, name))))];
        return missing.Length == 0 ? null : $"the host has no {string.Join(" and no ", missing)}";
    }

    public static async Task<RedisProcess> StartAsync(params string[] arguments)
    {
        RedisProcess server = new(arguments);
        await server.LaunchAsync();
        return server;
    }

    /// <summary>Starts a server that was killed again: empty, but as the node of the cluster that it was.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>Has the server disappear without a word.</summary>
    public void Kill() => Signal("-KILL");

    /// <summary>Has the server hang, its connections open.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Has it go on.</summary>
    public void Thaw() => Signal("-CONT");

    /// <summary>Kills what stands between this program and the server.</summary>
    public void KillGuard() => _guards[^1].Kill();

    public async ValueTask DisposeAsync()
    {
        foreach (Process guard in _guards)
        {
            guard.StandardInput.Close();
        }

        foreach (Process guard in _guards)
        {
            await guard.WaitForExitAsync(CancellationToken.None);
            guard.Dispose();
        }

        _guards.Clear();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task LaunchAsync()
    {
        File.Delete(PidFile);
        ProcessStartInfo start = new("/bin/sh", ["-c", Guard, "guard", Folder, .. _arguments]) { RedirectStandardInput = true };
        _guards.Add(Process.Start(start)!);
        for (int attempt = 0; attempt < 400 && !_guards[^1].HasExited; attempt++)
        {
            if (File.Exists(PidFile) && await AnswersAsync(Port))
            {
                return;
            }

            await Task.Delay(25, CancellationToken.None);
        }

        string said = File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile, CancellationToken.None) : "(no log)";
        await DisposeAsync();
        throw new InvalidOperationException($"redis-server did not start: {said}");
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Signal(string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill {signal} {ProcessId}"]);
        kill.WaitForExit();
    }
}
