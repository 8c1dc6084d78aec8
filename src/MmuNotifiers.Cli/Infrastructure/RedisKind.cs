using MmuNotifiers.Swap;
using MmuNotifiers.Swap.Redis;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>Stores of Redis' protocol in descriptions of swap stores.</summary>
internal static class RedisKind
{
    private static readonly string[] Options = ["ack", "replicas", "timeout", "attempt", "lease", "inflight", "size", "prefix", "passwordfile"];

    /// <summary>The kind for a catalog.</summary>
    public static SwapStoreKind Create() => new("redis", "redis:HOST:PORT[,HOST:PORT...][?ack=replica&timeout=30s]", Options, OpenAsync);

    private static async ValueTask<ISwapStore> OpenAsync(SwapStoreDescription description, CancellationToken cancellation)
    {
        string[] options = [.. Options
            .Where(option => description.TryGet(option, out _))
            .Select(option => $"{option}={(description.TryGet(option, out string? value) ? value : string.Empty)}")];
        string text = $"redis:{description.Target}{(options.Length > 0 ? "?" : string.Empty)}{string.Join('&', options)}";
        if (!RedisSwapOptions.TryParse(text, out RedisSwapOptions? parsed, out string? error))
        {
            throw new FormatException($"swap store '{description}': {error}");
        }

        return await RedisSwapStore.ConnectAsync(parsed, cancellation).ConfigureAwait(false);
    }
}
