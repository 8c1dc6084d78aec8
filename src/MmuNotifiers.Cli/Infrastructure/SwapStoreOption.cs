using MmuNotifiers.Swap;

namespace MmuNotifiers.Cli.Infrastructure;

/// <summary>The swap store that a verb lets pages go to.</summary>
internal static class SwapStoreOption
{
    /// <summary>What can be said, one line each.</summary>
    public static IEnumerable<string> Usage => Catalog().Usage;

    /// <summary>Opens the store that was asked for, or a temporary file that is gone when the store is disposed.</summary>
    /// <param name="text">What was said behind <c>--swap</c>; null for nothing.</param>
    /// <param name="slots">How many pages there may be to store.</param>
    /// <param name="cancellation">Ends the wait for a server.</param>
    /// <exception cref="CommandException">The description makes no sense, the system refuses, or the store is too small.</exception>
    public static ISwapStore Open(string? text, long slots, CancellationToken cancellation)
    {
        try
        {
            ISwapStore store = text is null
                ? OpenTemporary(slots)
                : Catalog().OpenAsync(text, cancellation).AsTask().GetAwaiter().GetResult();
            return store;
        }
        catch (FormatException problem)
        {
            throw new CommandException(ExitCode.WrongUse, $"--swap: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"--swap {text}: {problem.Message}", problem);
        }
    }

    private static FileSwapStore OpenTemporary(long slots) => new(new FileSwapStoreOptions
    {
        Path = Path.Combine(Path.GetTempPath(), $"mmun-{Environment.ProcessId}-{Guid.NewGuid():N}.swap"),
        SizeBytes = slots << Page.Shift,
    });

    private static SwapStoreCatalog Catalog()
    {
        SwapStoreCatalog catalog = new();
        catalog.Add(RedisKind.Create());
        return catalog;
    }
}
