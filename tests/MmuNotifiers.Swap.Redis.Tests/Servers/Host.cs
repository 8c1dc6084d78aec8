namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>What the tests need of the host.</summary>
internal static class Host
{
    /// <summary>Skips the test where no redis-server can be started.</summary>
    public static void SkipWithoutRedis()
    {
        string? missing = RedisProcess.FindMissing();
        Assert.SkipUnless(missing is null, missing ?? string.Empty);
    }
}
