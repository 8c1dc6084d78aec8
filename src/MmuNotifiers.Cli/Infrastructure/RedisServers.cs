using System.CommandLine;
using MmuNotifiers.Swap.Redis;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>Servers of Redis' protocol that a verb looks at.</summary>
internal static class RedisServers
{
    private const string Scheme = "redis:";

    /// <summary>Makes the argument.</summary>
    public static Argument<string> CreateArgument() => new("ADDRESS")
    {
        Description = "The servers, as behind --swap: redis:HOST:PORT[,HOST:PORT...][?prefix=mmun&passwordfile=FILE]; without redis: as well.",
    };

    /// <summary>Reads the argument.</summary>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public static RedisSwapOptions Parse(string address) =>
        RedisSwapOptions.TryParse(address.StartsWith(Scheme, StringComparison.Ordinal) ? address : Scheme + address, out RedisSwapOptions? options, out string? error)
            ? options
            : throw new CommandException(ExitCode.WrongUse, error);

    /// <summary>Connects, asks and disconnects.</summary>
    /// <exception cref="CommandException">The servers cannot be reached, or refuse.</exception>
    public static T Ask<T>(RedisSwapOptions options, Func<RedisSwapInspector, ValueTask<T>> question, CancellationToken cancellation)
    {
        try
        {
            return AskAsync(options, question, cancellation).GetAwaiter().GetResult();
        }
        catch (IOException problem)
        {
            throw new CommandException(ExitCode.BadInput, problem.Message, problem);
        }
    }

    private static async Task<T> AskAsync<T>(RedisSwapOptions options, Func<RedisSwapInspector, ValueTask<T>> question, CancellationToken cancellation)
    {
        RedisSwapInspector inspector = await RedisSwapInspector.ConnectAsync(options, cancellation).ConfigureAwait(false);
        await using (inspector.ConfigureAwait(false))
        {
            return await question(inspector).ConfigureAwait(false);
        }
    }
}
