using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Calls of the client, which throws some refusals at once and puts others into the task.</summary>
internal static class Calls
{
    /// <summary>Starts a command; whatever is wrong with it is in the task.</summary>
    public static Task Start(Func<Task> command)
    {
        try
        {
            return command();
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            return Task.FromException(exception);
        }
    }

    /// <inheritdoc cref="Start(Func{Task})"/>
    public static Task<T> Start<T>(Func<Task<T>> command)
    {
        try
        {
            return command();
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            return Task.FromException<T>(exception);
        }
    }
}
