using System.CommandLine;
using System.Globalization;
using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Swap.Redis;
using Spectre.Console;

namespace MmuNotifiers.Cli.Commands;

/// <summary>
/// <c>mmun swap redis list|collect ADDRESS</c>: what stores keep on servers of Redis' protocol, and the removal of what dead ones left behind.
/// </summary>
internal static class SwapRedisCommand
{
    /// <summary>A collection waits half a lease: below it nobody wonders.</summary>
    private static readonly TimeSpan WorthARemark = TimeSpan.FromSeconds(2);

    public static Command Create(CommandConsole console) => new("swap", "Look after stores of evicted pages.")
    {
        new Command("redis", "Look after pages on servers of Redis' protocol.") { CreateList(console), CreateCollect(console) },
    };

    private static Command CreateList(CommandConsole console)
    {
        Argument<string> address = RedisServers.CreateArgument();
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("list", "Show whose pages lie on the servers, and who of them lives. Changes nothing.") { address, json };
        command.Run(console, parsed =>
        {
            RedisSwapOptions options = RedisServers.Parse(parsed.GetRequiredValue(address));
            RedisInventory found = RedisServers.Ask(options, inspector => inspector.ListAsync(console.Cancelled), console.Cancelled);
            RedisListAnswer answer = RedisListAnswer.Of(options, found);
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.RedisListAnswer);
            }
            else
            {
                Show(console, answer);
            }

            return CodeOf(console, found.UnreachableServers);
        });
        return command;
    }

    private static Command CreateCollect(CommandConsole console)
    {
        Argument<string> address = RedisServers.CreateArgument();
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would be removed, and remove nothing." };
        Option<string> olderThan = new("--older-than")
        {
            Description = "Leave a dead store alone if any of its pages was used within this time: 30s, 10m, 2h, 7d.",
            HelpName = "TIME",
        };
        Option<bool> json = CommonOptions.CreateJson();
        Command command = new("collect", "Remove the pages of stores whose process is gone: whose lease ran out and does not come back.")
        {
            address, dryRun, olderThan, json,
        };
        command.Run(console, parsed =>
        {
            RedisSwapOptions options = RedisServers.Parse(parsed.GetRequiredValue(address));
            RedisCollectOptions what = new()
            {
                OlderThan = parsed.GetValue(olderThan) is { } text ? ParseTime(text) : TimeSpan.Zero,
                RemovesNothing = parsed.GetValue(dryRun),
            };
            RedisGarbage garbage = RedisServers.Ask(
                options,
                async inspector =>
                {
                    Announce(console, await inspector.ListAsync(console.Cancelled).ConfigureAwait(false));
                    return await inspector.CollectAsync(what, console.Cancelled).ConfigureAwait(false);
                },
                console.Cancelled);
            RedisCollectAnswer answer = RedisCollectAnswer.Of(options, what, garbage);
            if (parsed.GetValue(json))
            {
                console.WriteJson(answer, CliJsonContext.Default.RedisCollectAnswer);
            }
            else
            {
                Show(console, answer);
            }

            return CodeOf(console, garbage.UnreachableServers);
        });
        return command;
    }

    /// <summary>Says why nothing happens for a while.</summary>
    private static void Announce(CommandConsole console, RedisInventory found)
    {
        RedisOwner[] expired = [.. found.Owners.Where(static owner => owner.State == RedisOwnerState.Expired)];
        TimeSpan wait = expired.Length == 0 ? TimeSpan.Zero : expired.Max(static owner => owner.Lease) / 2;
        if (wait > WorthARemark)
        {
            console.WriteError(string.Create(
                CultureInfo.InvariantCulture, $"stores without a lease: {expired.Length}; waiting {wait.TotalSeconds:F0} s for a sign of life"));
        }
    }

    private static ExitCode CodeOf(CommandConsole console, IReadOnlyList<string> unreachable)
    {
        if (unreachable.Count == 0)
        {
            return ExitCode.Fine;
        }

        console.WriteError($"not searched, or not to the end: {string.Join(", ", unreachable)}");
        return ExitCode.Inconclusive;
    }

    private static void Show(CommandConsole console, RedisListAnswer answer)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{answer.Prefix}: stores {answer.Owners.Count:N0}, pages {answer.Pages:N0}, bytes {answer.Bytes:N0}"));
        if (answer.Owners.Count == 0)
        {
            return;
        }

        Table table = Tables.New("Store", "State", "Process", "Lease", "Pages", "Bytes");
        foreach (RedisOwnerAnswer owner in answer.Owners)
        {
            string lease = owner.LeaseLeftSeconds is { } left
                ? string.Create(CultureInfo.InvariantCulture, $"{left:F0} of {owner.LeaseSeconds:F0} s left")
                : owner.IdleSeconds is { } idle ? string.Create(CultureInfo.InvariantCulture, $"used {idle:F0} s ago") : "-";
            Tables.AddRow(table, owner.Owner, owner.State.ToString(), owner.Holder ?? "-", lease, Tables.Number(owner.Pages), Tables.Number(owner.Bytes));
        }

        console.Answers.Write(table);
    }

    private static void Show(CommandConsole console, RedisCollectAnswer answer)
    {
        string removed = answer.DryRun ? "that would be removed" : "removed";
        long pages = answer.DryRun ? answer.PagesFound : answer.PagesRemoved;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Prefix}: stores alive {answer.LiveOwners:N0}, gone {answer.DeadOwners:N0} (used too lately {answer.YoungOwners:N0}), pages {removed} {pages:N0}"));
    }

    private static TimeSpan ParseTime(string text)
    {
        double seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return seconds > 0
            && double.TryParse(text.AsSpan()[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            && count * seconds is > 0 and < 1e9
            ? TimeSpan.FromSeconds(count * seconds)
            : throw new CommandException(ExitCode.WrongUse, $"--older-than {text}: expected a time such as 30s, 10m, 2h or 7d");
    }
}
