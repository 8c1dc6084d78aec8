using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MmuNotifiers.Cli.Tests.Comparison;

/// <summary>
/// A Chromium without a window, driven through its DevTools protocol. It opens one page and keeps every error that the page's
/// console shows and every address that the page asks for.
/// </summary>
internal sealed class HeadlessBrowser : IAsyncDisposable
{
    private const string ListeningMark = "DevTools listening on ";

    private static readonly string[] Names = ["chromium", "chromium-headless-shell", "google-chrome", "chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private int _lastId;
    private string? _session;

    private HeadlessBrowser(Process process, DirectoryInfo profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>The browser's program, or null where there is none.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .SelectMany(directory => Names.Select(name => Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What the page's console showed as an error.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>What the page asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Starts the browser and opens a page; returns when it has loaded.</summary>
    public static async Task<HeadlessBrowser> OpenAsync(string file, int width, int height)
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("mmun-browser-");
        ProcessStartInfo start = new(Executable!)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage",
                "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", $"--window-size={width},{height}", "about:blank",
            },
        };
        HeadlessBrowser browser = new(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync();
            await browser.LoadAsync(new Uri(file).AbsoluteUri, width, height);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode result = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        return result["exceptionDetails"] is { } problem
            ? throw new InvalidOperationException(problem.ToJsonString())
            : result["result"]!["value"];
    }

    /// <summary>The window's picture, a PNG.</summary>
    public async Task<byte[]> TakeScreenshotAsync()
    {
        JsonNode result = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" });
        return Convert.FromBase64String(result["data"]!.GetValue<string>());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _patience.Dispose();
        _profile.Delete(recursive: true);
    }

    private async Task ConnectAsync()
    {
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(_patience.Token)
                ?? throw new InvalidOperationException("The browser ended before it listened.");
        }
        while (!line.StartsWith(ListeningMark, StringComparison.Ordinal));
        _ = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
        await _socket.ConnectAsync(new Uri(line[ListeningMark.Length..]), _patience.Token);
        JsonNode target = await CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        JsonNode attached = await CallAsync(
            "Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true });
        _session = attached["sessionId"]!.GetValue<string>();
    }

    private async Task LoadAsync(string address, int width, int height)
    {
        foreach (string domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            await CallAsync($"{domain}.enable", []);
        }

        await CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await CallAsync("Page.navigate", new JsonObject { ["url"] = address });
        while ((await ReceiveAsync())["method"]?.GetValue<string>() != "Page.loadEventFired")
        {
        }
    }

    /// <summary>Calls a method and waits for its answer; events in between are looked at.</summary>
    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        int id = ++_lastId;
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, _patience.Token);
        while (true)
        {
            JsonNode received = await ReceiveAsync();
            if (received["id"]?.GetValue<int>() == id)
            {
                return received["result"] ?? throw new InvalidOperationException($"{method}: {received.ToJsonString()}");
            }
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), _patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        JsonNode received = JsonNode.Parse(message.ToArray())!;
        Look(received["method"]?.GetValue<string>(), received["params"]);
        return received;
    }

    private void Look(string? method, JsonNode? parameters)
    {
        switch (method)
        {
            case "Runtime.exceptionThrown":
            case "Log.entryAdded" when parameters!["entry"]!["level"]!.GetValue<string>() == "error":
            case "Runtime.consoleAPICalled" when parameters!["type"]!.GetValue<string>() is "error" or "assert":
                Errors.Add(parameters!.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Add(parameters!["request"]!["url"]!.GetValue<string>());
                break;
        }
    }
}
