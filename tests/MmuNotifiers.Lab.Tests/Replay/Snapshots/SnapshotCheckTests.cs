using MmuNotifiers.Lab.Replay;
using MmuNotifiers.Lab.Replay.Model;
using MmuNotifiers.Lab.Replay.Oracles;
using MmuNotifiers.Lab.Reports;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Tests.Replay.Snapshots;

/// <summary>That the comparison of a snapshot finds what is wrong with it.</summary>
public sealed class SnapshotCheckTests : IDisposable
{
    private const int Pages = 8;

    private static readonly AddressRange Where = AddressRange.FromPages(new VirtualAddress(0x10_0000), Pages);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mmun-snapshots-");
    private readonly PhysicalMemory _memory = new(256);
    private readonly AddressSpace _primary;
    private readonly ReplayedSpace _space;
    private readonly ViolationLog _violations;

    public SnapshotCheckTests()
    {
        _primary = new AddressSpace(_memory);
        _violations = new ViolationLog(new EarlyEnd(_memory));
        _space = new ReplayedSpace(1, "made up", _primary, new SpaceModel(1), []) { Watch = new ReclaimWatch(_primary, null) };
        Assert.Equal(Errno.None, _primary.Map(new MapRequest(
            Where.LengthBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Where.Start }).Error);
        ModelArea area = new(Where, AccessRights.ReadWrite, ModelAreaKind.Anonymous, null, 0, ModelAreaTraits.None);
        _space.Model.Map(area);
        for (ulong page = Where.Start.PageNumber; page < Where.End.PageNumber; page++)
        {
            Store(_space.Model.Touch(area, page, AccessRights.Write), 1);
        }
    }

    private string File => Path.Combine(_folder.FullName, "space.snapshot");

    public void Dispose()
    {
        _primary.Dispose();
        _memory.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Stores_behind_the_moment_are_not_in_it()
    {
        SnapshotMoment moment = new(_space, File, []);
        for (int page = 0; page < _space.Model.PageCount; page++)
        {
            Store(_space.Model.PageAt(page), 2);
        }

        SnapshotReport report = await Check(moment);

        Assert.Equal((Pages, 0), (report.PagesCompared, report.Differing));
        Assert.Empty(_violations.First);
    }

    [Fact]
    public async Task A_page_that_shows_something_else_is_found()
    {
        SnapshotMoment moment = new(_space, File, []);
        moment.Pages[3].Contents.Set(WordSlots.Program, WordOf(moment.Pages[3].Number, 2));

        SnapshotReport report = await Check(moment);

        Assert.Equal(1, report.Differing);
        Assert.Equal(1, _violations.ContentMismatches);
        Assert.Contains($"{File} at offset 0x{moment.Pages[3].Number << Page.Shift:x}", Assert.Single(_violations.First), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_was_harmed_in_the_file_is_found_when_it_comes_in_and_by_its_checksum()
    {
        SnapshotMoment moment = new(_space, File, []);
        await moment.Saved;
        await using (FileStream file = new(File, FileMode.Open))
        {
            file.Position = (2 * Page.SizeBytes) + 100;
            file.WriteByte(0xFF);
        }

        SnapshotReport report = await Check(moment);

        Assert.Equal(2, report.Differing);
        Assert.Contains(_violations.First, line => line.Contains("cannot be read: BusError", StringComparison.Ordinal));
        Assert.Contains(_violations.First, line => line.Contains("expected a page with the checksum", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_area_that_is_missing_is_found()
    {
        SnapshotMoment moment = new(_space, File, []);
        await moment.Saved;
        using (PhysicalMemory memory = new(16))
        using (AddressSpace other = new(memory))
        {
            await Snapshot.SaveAsync(other, File, cancellationToken: TestContext.Current.CancellationToken);
        }

        SnapshotReport report = await Check(moment);

        Assert.Equal(1 + Pages, report.Differing);
        Assert.Contains("area 0: found none", _violations.First[0], StringComparison.Ordinal);
    }

    private static Word WordOf(ulong page, long number) => Word.Of(WordSlots.WriterOf(WordSlots.Program), 1, page, number);

    private async Task<SnapshotReport> Check(SnapshotMoment moment)
    {
        (SnapshotSummary summary, TimeSpan elapsed) = await moment.Saved;
        return new SnapshotCheck(moment, _violations, SlotsCompared.All).Run(summary, elapsed);
    }

    private void Store(ModelPage page, long number)
    {
        Word word = WordOf(page.Number, number);
        Assert.Equal(FaultResult.Success, WordAccess.Store(_primary, WordSlots.AddressOf(page.Number, WordSlots.Program), word));
        page.Contents.BeginStore();
        page.Contents.EndStore(word);
    }
}
