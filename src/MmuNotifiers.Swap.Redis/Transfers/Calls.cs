using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>Calls of the client, which throws some refusals at once and puts others into the task.</summary>
internal static class Calls
{
    /// <summary>Whether an exception is one by which the client says that servers are away, refuse, or that it was disposed.</summary>
    public static bool IsOfClient(Exception exception) => exception is RedisException or TimeoutException or InvalidOperationException;

    /// <summary>Starts a command; whatever is wrong with it is in the task.</summary>
    public static Task Start(Func<Task> command)
    {
        try
        {
            return command();
        }
        catch (Exception exception) when (IsOfClient(exception))
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
        catch (Exception exception) when (IsOfClient(exception))
        {
            return Task.FromException<T>(exception);
        }
    }
}
