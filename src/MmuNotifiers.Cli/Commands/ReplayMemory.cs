using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Cli.Rendering;
using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Reports;

namespace MmuNotifiers.Cli.Commands;

/// <summary>How much memory a replay gets, and where pages go that do not fit.</summary>
internal sealed class ReplayMemory
{
    /// <summary>Slots beside those of the pages: freed ones are told to the store by the batch, and until then they are not used again.</summary>
    private const long SpareSlots = 4096;

    private readonly FrameAmount? _frames;
    private readonly string? _swap;

    private ReplayMemory(FrameAmount? frames, string? swap)
    {
        _frames = frames;
        _swap = swap;
    }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandException">They make no sense.</exception>
    public static ReplayMemory Parse(string? frames, string? swap)
    {
        if (frames is null && swap is not null)
        {
            throw new CommandException(ExitCode.WrongUse, $"--swap {swap}: pages go there only if --frames says how few fit into memory");
        }

        return new ReplayMemory(frames is null ? null : FrameAmount.Parse(frames), swap);
    }

    /// <summary>Replays under the limit, if there is one: measures the peak first, and opens and closes the store.</summary>
    public ReplayReport Limit(CommandConsole console, ReplayScript script, ReplayOptions options, Func<ReplayOptions, ReplayReport> replay)
    {
        if (_frames is not { } frames)
        {
            return replay(options);
        }

        long peakPages = ProgressBar.Show(
            console, "measuring the peak", progress => TraceReplay.MeasurePeak(script, progress, console.Cancelled));
        ISwapStore store = SwapStoreOption.Open(_swap, peakPages + SpareSlots, console.Cancelled);
        try
        {
            return replay(options with { Pressure = new MemoryPressure(frames.Of(peakPages), store) { PeakPages = peakPages } });
        }
        finally
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
