using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis;

/// <summary>The textual form of <see cref="RedisSwapOptions"/>: <c>redis:CONFIGURATION[?option=value&amp;...]</c>.</summary>
internal static class RedisAddress
{
    private const string Scheme = "redis:";

    private const string Expected = "expected redis:host:port[,host:port...][?option=value&...]";

    public static bool TryParse(string text, [NotNullWhen(true)] out RedisSwapOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            error = $"'{text}' does not begin with '{Scheme}': {Expected}";
            return false;
        }

        string rest = text[Scheme.Length..];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string configuration = question < 0 ? rest : rest[..question];
        error = FindFault(configuration);
        if (error is not null)
        {
            return false;
        }

        RedisSwapOptions parsed = new() { Configuration = configuration };
        if (question >= 0)
        {
            foreach (string pair in rest[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                error = Apply(pair, ref parsed);
                if (error is not null)
                {
                    return false;
                }
            }
        }

        error = parsed.FindFault();
        options = error is null ? parsed : null;
        return error is null;
    }

    /// <summary>What is wrong with servers and credentials; null when nothing is. Says no password.</summary>
    public static string? FindFault(string configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration))
        {
            return $"no server is named: {Expected}";
        }

        try
        {
            ConfigurationOptions parsed = ConfigurationOptions.Parse(configuration);
            return parsed.EndPoints.Count == 0 ? $"no server is named: {Expected}" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            return $"the servers cannot be understood ({OneLine.Of(exception.Message)}): {Expected}";
        }
    }

    private static string? Apply(string pair, ref RedisSwapOptions options)
    {
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? pair : pair[..equals];
        string value = equals < 0 ? string.Empty : pair[(equals + 1)..];
        switch (name)
        {
            case "ack" when value is "primary" or "replica":
                options = options with
                {
                    Acknowledgement = value is "replica" ? RedisAcknowledgement.Replica : RedisAcknowledgement.Primary,
                };
                return null;
            case "ack":
                return $"ack={value}: expected primary or replica";
            case "replicas" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int replicas):
                options = options with { Replicas = replicas };
                return null;
            case "replicas":
                return $"replicas={value}: expected a number";
            case "timeout" or "attempt" or "lease" when TryParseTime(value, out TimeSpan time):
                options = name switch
                {
                    "timeout" => options with { Timeout = time },
                    "attempt" => options with { AttemptTimeout = time },
                    _ => options with { Lease = time },
                };
                return null;
            case "timeout" or "attempt" or "lease":
                return $"{name}={value}: expected a time such as 500ms, 5s, 2m or 1h";
            case "inflight" or "size" when TryParseBytes(value, out long bytes):
                options = name is "size" ? options with { SlotCount = bytes / PageFormat.PageBytes } : options with { MaxBytesInFlight = bytes };
                return null;
            case "inflight" or "size":
                return $"{name}={value}: expected bytes such as 64MiB, 16GiB or 1TiB";
            case "prefix":
                options = options with { KeyPrefix = value };
                return null;
            case "passwordfile":
                return ReadPassword(value, ref options);
            default:
                return $"'{name}' is no option: expected ack, replicas, timeout, attempt, lease, inflight, size, prefix or passwordfile";
        }
    }

    private static string? ReadPassword(string file, ref RedisSwapOptions options)
    {
        try
        {
            options = options with { Password = File.ReadAllText(file).TrimEnd('\r', '\n') };
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"passwordfile={file}: {OneLine.Of(exception.Message)}";
        }
    }

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        (string number, double milliseconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 1),
            _ when text.EndsWith('s') => (text[..^1], 1000),
            _ when text.EndsWith('m') => (text[..^1], 60_000),
            _ when text.EndsWith('h') => (text[..^1], 3_600_000),
            _ => (string.Empty, 0),
        };
        bool right = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count * milliseconds < 1e12;
        time = right ? TimeSpan.FromMilliseconds(count * milliseconds) : default;
        return right;
    }

    /// <summary>Bytes as a number alone, with K, M, G or T, or with KiB, MiB, GiB or TiB.</summary>
    private static bool TryParseBytes(string text, out long bytes)
    {
        string number = text.EndsWith("iB", StringComparison.Ordinal) ? text[..^2] : text;
        int shift = number.Length == 0 ? 0 : number[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        bool right = long.TryParse(shift == 0 ? number : number[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && count <= long.MaxValue >> shift
            && (shift > 0 || number.Length == text.Length);
        bytes = right ? count << shift : 0;
        return right;
    }
}
