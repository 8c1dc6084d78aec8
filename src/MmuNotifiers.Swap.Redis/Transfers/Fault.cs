using StackExchange.Redis;

namespace MmuNotifiers.Swap.Redis.Transfers;

/// <summary>What an unsuccessful command means for the pages that it carried.</summary>
/// <param name="Outcome">How their transfer ends; <see cref="SwapOutcome.Pending"/> when another attempt is worth it.</param>
/// <param name="MayHaveRun">Whether the server may have carried the command out, or may do so yet.</param>
/// <param name="Message">What went wrong, in a few words.</param>
internal readonly record struct Fault(SwapOutcome Outcome, bool MayHaveRun, string Message)
{
    /// <summary>No answer before the operation's deadline.</summary>
    public static Fault NoAnswer { get; } = new(SwapOutcome.Pending, MayHaveRun: true, "no answer");

    public static Fault Of(Exception exception) => exception switch
    {
        RedisServerException server => OfServer(server),
        RedisTimeoutException timeout => new(SwapOutcome.Pending, WasSent(timeout.Commandstatus), "no answer within the attempt's time"),
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
            new(SwapOutcome.IoError, MayHaveRun: false, "the server refused the credentials"),
        RedisConnectionException connection => new(SwapOutcome.Pending, WasSent(connection.CommandStatus), $"the connection failed ({connection.FailureType})"),

        // The client found no server for the command, and sent nothing.
        RedisCommandException command => new(SwapOutcome.Pending, MayHaveRun: false, OneLine.Of(command.Message)),
        ObjectDisposedException => new(SwapOutcome.Unavailable, MayHaveRun: true, "the store was disposed"),
        _ => new(SwapOutcome.Pending, MayHaveRun: true, OneLine.Of(exception.Message)),
    };

    /// <summary>A server that answers with an error has not carried the command out.</summary>
    private static Fault OfServer(RedisServerException exception)
    {
        SwapOutcome outcome = exception.Kind switch
        {
            RedisErrorKind.OutOfMemory => SwapOutcome.NoSpace,
            RedisErrorKind.Loading or RedisErrorKind.ClusterDown or RedisErrorKind.MasterDown or RedisErrorKind.TryAgain
                or RedisErrorKind.NoReplicas or RedisErrorKind.Busy or RedisErrorKind.MaxClients or RedisErrorKind.Moved or RedisErrorKind.Ask
                or RedisErrorKind.ReadOnly or RedisErrorKind.UnknownRedirectTarget or RedisErrorKind.Timeout or RedisErrorKind.ConnectionFault =>
                SwapOutcome.Pending,
            _ => SwapOutcome.IoError,
        };
        return new Fault(outcome, MayHaveRun: false, OneLine.Of(exception.Message));
    }

    private static bool WasSent(CommandStatus status) => status is not (CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog);
}
