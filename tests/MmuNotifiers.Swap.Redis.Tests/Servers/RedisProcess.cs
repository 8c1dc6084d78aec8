using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>
/// A redis-server of Debian on a loopback port of its own, in a folder of its own. It ends with the test program, however that ends: a shell stands between, which
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

    private readonly string _folder;
    private readonly Process _guard;

    private RedisProcess(string folder, Process guard, int[] ports)
    {
        _folder = folder;
        _guard = guard;
        Port = ports[0];
        BusPort = ports[1];
    }

    private static readonly string[] Needed = ["redis-server", "setpriv"];

    public int Port { get; }

    /// <summary>Where the nodes of a cluster talk to each other.</summary>
    public int BusPort { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The server's process.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), CultureInfo.InvariantCulture);

    /// <summary>Skips the test where the host cannot start a server.</summary>
    public static void SkipWhereMissing()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        string[] missing = [.. Needed.Where(name => !folders.Any(folder => File.Exists(Path.Combine(folder, name))))];
        Assert.SkipUnless(missing.Length == 0, $"the host has no {string.Join(" and no ", missing)}");
    }

    public static async Task<RedisProcess> StartAsync(params string[] arguments) =>
        await StartOnAsync(FreePorts.Take(2), Directory.CreateTempSubdirectory("mmun-redis-").FullName, arguments);

    /// <summary>Starts a server again after its end, on the same port, empty.</summary>
    public async Task<RedisProcess> StartAgainAsync(params string[] arguments)
    {
        await DisposeAsync();
        return await StartOnAsync([Port, .. FreePorts.Take(1)], Directory.CreateTempSubdirectory("mmun-redis-").FullName, arguments);
    }

    /// <summary>Has the server disappear without a word.</summary>
    public void Kill() => Signal("-KILL");

    /// <summary>Has the server hang, its connections open.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Has it go on.</summary>
    public void Thaw() => Signal("-CONT");

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync(CancellationToken.None);
        _guard.Dispose();
    }

    private static async Task<RedisProcess> StartOnAsync(int[] ports, string folder, string[] arguments)
    {
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = folder };
        string[] server =
        [
            "-c", Guard, "guard", folder, "redis-server", "--port", $"{ports[0]}", "--cluster-port", $"{ports[1]}", "--bind", "127.0.0.1",
            "--save", string.Empty, "--appendonly", "no", "--daemonize", "no", "--dir", folder, "--pidfile", Path.Combine(folder, "pid"),
            "--logfile", Path.Combine(folder, "log"), "--enable-debug-command", "yes", .. arguments,
        ];
        foreach (string argument in server)
        {
            start.ArgumentList.Add(argument);
        }

        RedisProcess process = new(folder, Process.Start(start)!, ports);
        for (int attempt = 0; attempt < 200; attempt++)
        {
            if (process._guard.HasExited)
            {
                break;
            }

            if (await AnswersAsync(ports[0]) && File.Exists(Path.Combine(folder, "pid")))
            {
                return process;
            }

            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        string log = Path.Combine(folder, "log");
        string said = File.Exists(log) ? File.ReadAllText(log) : "(no log)";
        await process.DisposeAsync();
        throw new InvalidOperationException($"redis-server did not start: {said}");
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
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
