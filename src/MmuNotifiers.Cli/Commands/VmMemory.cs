using MmuNotifiers.Cli.Infrastructure;
using MmuNotifiers.Linux;
using MmuNotifiers.Swap;

namespace MmuNotifiers.Cli.Commands;

/// <summary>The memory of a guest, and where its pages go.</summary>
internal sealed class VmMemory
{
    /// <summary>A program with its tables of characters and a stack.</summary>
    private const long LeastBytes = 1 << 20;

    private const long MostBytes = 1L << 40;

    /// <summary>What <see cref="PagedMemoryOptions.MaxResidentPages"/> is at least.</summary>
    private const long LeastFrames = 16;

    /// <summary>Slots beside those of the pages, for those that are being given back.</summary>
    private const long SpareSlots = 4096;

    private readonly string? _swap;
    private readonly PagedMemoryBacking _backing;

    private VmMemory(long pages, long frames, PagedMemoryBacking backing, string? swap)
    {
        Pages = pages;
        Frames = frames;
        _backing = backing;
        _swap = swap;
    }

    /// <summary>How much memory the guest has.</summary>
    public long Pages { get; }

    /// <summary>How much of it is in memory at a time.</summary>
    public long Frames { get; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="CommandException">They make no sense.</exception>
    public static VmMemory Parse(string memory, string frames, string backing, string? swap)
    {
        long bytes = MemorySize.TryParse(memory) is { } size and >= LeastBytes and <= MostBytes
            ? size
            : throw new CommandException(ExitCode.WrongUse, $"--memory {memory}: expected a size from 1MiB to 1024GiB, such as 64MiB");
        PagedMemoryBacking kind = backing switch
        {
            "anonymous" => PagedMemoryBacking.Anonymous,
            "shared" => PagedMemoryBacking.SharedMemory,
            _ => throw new CommandException(ExitCode.WrongUse, $"--backing {backing}: expected anonymous or shared"),
        };
        long pages = bytes >> Page.Shift;
        return new VmMemory(pages, Math.Clamp(FrameAmount.Parse(frames).Of(pages), LeastFrames, pages), kind, swap);
    }

    /// <summary>Runs with the memory, which is gone afterwards, as is a temporary store.</summary>
    public ExitCode Run(CommandConsole console, Func<PagedMemory, ExitCode> run)
    {
        ISwapStore store = Frames == Pages && _swap is null
            ? new MemorySwapStore(Pages)
            : SwapStoreOption.Open(_swap, Pages + SpareSlots, console.Cancelled);
        try
        {
            using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions
            {
                Pages = Pages, MaxResidentPages = Frames, Swap = store, Backing = _backing,
            });
            return run(memory);
        }
        finally
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
