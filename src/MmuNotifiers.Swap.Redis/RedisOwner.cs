namespace MmuNotifiers.Swap.Redis;

/// <summary>One store of one process, as the servers know it.</summary>
/// <param name="Owner">As it stands in the keys: a random number and the length of its lease.</param>
/// <param name="State">Whether it lives.</param>
/// <param name="Holder">Machine and process; null if there is no lease.</param>
/// <param name="Lease">How long its lease runs when it is renewed, which is three times in that time.</param>
/// <param name="LeaseLeft">How long it still runs; null if there is none.</param>
/// <param name="Pages">How many pages were found.</param>
/// <param name="Bytes">Of their values: 4112 bytes each, names and the server's own memory left out.</param>
/// <param name="Idle">
/// For one whose lease ran out: how long ago the last of up to 64 of its pages was used, to about ten seconds; null if that is not known.
/// </param>
public sealed record RedisOwner(
    string Owner, RedisOwnerState State, string? Holder, TimeSpan Lease, TimeSpan? LeaseLeft, long Pages, long Bytes, TimeSpan? Idle);
