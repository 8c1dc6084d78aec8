using System.Diagnostics.CodeAnalysis;

namespace MmuNotifiers.Swap.Redis;

/// <summary>Where a <see cref="RedisSwapStore"/> keeps its pages, and how safe and how patient it is.</summary>
public sealed record RedisSwapOptions
{
    internal const int LeastBytesInFlight = 1 << 20;
    internal const long MostSlots = 1L << 34;

    /// <summary>
    /// Servers and credentials in the form of StackExchange.Redis: <c>host:port,host:port,user=u,password=p,ssl=true</c>. A few nodes of a cluster are
    /// enough; the others are found.
    /// </summary>
    public required string Configuration { get; init; }

    /// <summary>The password, in place of the configuration's; may have any characters.</summary>
    public string? Password { get; init; }

    /// <summary>When a page counts as written.</summary>
    public RedisAcknowledgement Acknowledgement { get; init; }

    /// <summary>How many replicas must confirm a write under <see cref="RedisAcknowledgement.Replica"/>.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How long one transfer may take with all its retries. Longer than a failover takes, so that accesses wait for the replica to take over.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one command may go without an answer before it is sent anew, perhaps elsewhere.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of pages may be under way at a time; who would exceed it waits. At least 1 MiB.</summary>
    public long MaxBytesInFlight { get; init; } = 32L << 20;

    /// <summary>How many slots the store has, at most 2^34 (64 TiB). Memory is used only for the ranges that are used.</summary>
    public long SlotCount { get; init; } = 1L << 26;

    /// <summary>
    /// How long the pages outlive a process that is gone before <see cref="RedisSwapStore.CollectGarbageAsync"/> may remove them. A process
    /// that cannot reach its servers for longer counts as gone. At least one second.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What all keys begin with; letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public string KeyPrefix { get; init; } = "mmun";

    /// <summary>
    /// Reads the form <c>redis:CONFIGURATION[?option=value&amp;...]</c>, as in <c>redis:10.0.0.1:7000,10.0.0.2:7000?ack=replica&amp;timeout=5s</c>.
    /// Options: <c>ack</c> (primary, replica), <c>replicas</c>, <c>timeout</c>, <c>attempt</c>, <c>lease</c> (<c>500ms</c>, <c>5s</c>, <c>2m</c>),
    /// <c>inflight</c>, <c>size</c> (bytes, with KiB, MiB, GiB or TiB), <c>prefix</c>, <c>passwordfile</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="options">What it says.</param>
    /// <param name="error">What is wrong with it and what was expected, in one line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out RedisSwapOptions? options, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        return RedisAddress.TryParse(text, out options, out error);
    }

    /// <summary>The acknowledgement and the servers; no credentials.</summary>
    public override string ToString() =>
        $"redis:{string.Join(',', Configuration.Split(',').Where(part => !part.Contains('=', StringComparison.Ordinal)))} ({Acknowledgement})";

    /// <summary>What is wrong with the options, in one line; null when nothing is.</summary>
    internal string? FindFault() => this switch
    {
        { Acknowledgement: not (RedisAcknowledgement.Primary or RedisAcknowledgement.Replica) } => "the acknowledgement is neither primary nor replica",
        { Replicas: < 1 } => $"replicas must be 1 or more, not {Replicas}",
        _ when Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromDays(1) => $"the timeout must be from 1 ms to 1 day, not {Timeout}",
        _ when AttemptTimeout < TimeSpan.FromMilliseconds(50) || AttemptTimeout > TimeSpan.FromHours(1) =>
            $"the timeout of an attempt must be from 50 ms to 1 hour, not {AttemptTimeout}",
        { MaxBytesInFlight: < LeastBytesInFlight or > int.MaxValue * 4096L } =>
            $"the bytes in flight must be at least {LeastBytesInFlight}, not {MaxBytesInFlight}",
        { SlotCount: < 1 or > MostSlots } => $"the number of slots must be from 1 to {MostSlots}, not {SlotCount}",
        _ when Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromDays(30) => $"the lease must be from 1 s to 30 days, not {Lease}",
        _ when KeyPrefix.Length is 0 or > 64 || !KeyPrefix.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-') =>
            $"the prefix must be 1 to 64 letters, digits, '.', '_' or '-', not '{KeyPrefix}'",
        _ => null,
    };
}
