using System.Diagnostics;

namespace MmuNotifiers.Swap.Tests;

/// <summary>A file system that is really full: a tmpfs of a mebibyte, mounted for the test.</summary>
public sealed class FullFileSystemTests
{
    [Theory]
    [InlineData("file:PATH?size=4MiB")]
    [InlineData("lz4+file:PATH?size=4MiB&compressed=64KiB")]
    public async Task Pages_that_find_no_space_are_refused_and_the_others_stay(string text)
    {
        using SmallFileSystem small = new();
        Assert.SkipUnless(small.IsMounted, $"No file system of a test's own can be mounted: {small.Reason}");
        await using ISwapStore store = await new SwapStoreCatalog().OpenAsync(
            text.Replace("PATH", small.File, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        long[] slots = [.. Enumerable.Range(0, 600).Select(slot => (long)slot)];
        SwapTransfer[] written = await store.Write(slots, slot => TestPages.Random(slot));
        long[] stored = [.. written.Where(transfer => transfer.Outcome == SwapOutcome.Success).Select(transfer => transfer.Slot)];
        SwapTransfer[] refused = [.. written.Where(transfer => transfer.Outcome != SwapOutcome.Success)];
        Assert.InRange(stored.Length, 100, 255);
        Assert.All(refused, transfer =>
        {
            Assert.Equal(SwapOutcome.NoSpace, transfer.Outcome);
            Assert.Contains($"{small.File} at offset 0x{(transfer.Slot + 1) << Page.Shift:x}: write failed: No space left", transfer.Detail, StringComparison.Ordinal);
        });
        await store.AssertHolds(stored, slot => TestPages.Random(slot));

        // Space that comes back is used: what was refused goes in when others went.
        store.Discard(stored);
        long[] again = [.. slots.TakeLast(50)];
        SwapTransfer[] retried = [];
        for (int attempt = 0; attempt < 1000 && !retried.Any(transfer => transfer.Outcome == SwapOutcome.Success); attempt++)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            retried = await store.Write(again, slot => TestPages.Random(slot, 1));
        }

        Assert.All(retried, transfer => Assert.Equal(SwapOutcome.Success, transfer.Outcome));
        await store.AssertHolds(again, slot => TestPages.Random(slot, 1));
    }

    [Fact]
    public void A_file_that_cannot_be_set_aside_is_refused_and_not_left_behind()
    {
        using SmallFileSystem small = new();
        Assert.SkipUnless(small.IsMounted, $"No file system of a test's own can be mounted: {small.Reason}");
        IOException problem = Assert.ThrowsAny<IOException>(
            () => new FileSwapStore(new FileSwapStoreOptions { Path = small.File, SizeBytes = 4 << 20, IsPreallocated = true }));
        Assert.Contains(small.File, problem.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(small.File));
    }

    /// <summary>A tmpfs of a mebibyte, unmounted in the end.</summary>
    private sealed class SmallFileSystem : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("mmun-full-").FullName;

        internal SmallFileSystem()
        {
            Reason = OperatingSystem.IsLinux() ? Run("mount", "-t", "tmpfs", "-o", "size=1m", "mmun-test", _folder) : "it takes Linux' mount";
            IsMounted = Reason.Length == 0;
        }

        internal bool IsMounted { get; }

        internal string Reason { get; }

        internal string File => Path.Combine(_folder, "swap");

        public void Dispose()
        {
            if (IsMounted)
            {
                Assert.Empty(Run("umount", _folder));
            }

            Directory.Delete(_folder, recursive: true);
        }

        private static string Run(string program, params string[] arguments)
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                string error = process.StandardError.ReadToEnd().Trim();
                process.WaitForExit();
                return process.ExitCode == 0 ? string.Empty : error;
            }
            catch (System.ComponentModel.Win32Exception problem)
            {
                return problem.Message;
            }
        }
    }
}
