using MmuNotifiers.Swap.Redis;

namespace MmuNotifiers.Cli.Commands;

/// <summary>One store in the answer of <c>mmun swap redis list</c>.</summary>
internal sealed record RedisOwnerAnswer(
    string Owner, RedisOwnerState State, string? Holder, double LeaseSeconds, double? LeaseLeftSeconds, long Pages, long Bytes, double? IdleSeconds);
