namespace MmuNotifiers;

/// <summary>A moment, as <see cref="GracePeriod"/> remembers it: elapsed once every section that was open then has ended.</summary>
/// <param name="Number">The first grace period that begins after the moment.</param>
internal readonly record struct GraceCookie(long Number);
