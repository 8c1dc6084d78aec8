using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>
/// A page of a loaded snapshot is faulted in while its last user lets go, the snapshot is closed, and another one gets its swap area's number:
/// the program sees its page or none, never the other's.
/// </summary>
public sealed class SnapshotChecks : IDisposable
{
    private const byte Mine = 0x11;
    private const byte Others = 0x22;

    private static readonly VirtualAddress Where = ScenarioRun.AddressOf(ScenarioRun.MaxPages);

    private readonly string _mine = Saved(Mine);
    private readonly string _others = Saved(Others);

    /// <summary>The snapshots of one execution, opened before the race.</summary>
    private Snapshot? _snapshot;
    private Snapshot? _other;
    private AddressSpace? _loaded;

    private bool _wasReused;

    [Fact]
    public void A_fault_against_the_reuse_of_an_area()
    {
        RaceScenario scenario = RaceScenario.WithoutSecondary().Pages(1)
            .Thread("CPU", t => t
                .BeforeRace(before => before.Do("load the snapshot", Load))
                .Do("read a page of it", Read))
            .Thread("another", t => t.Do("close it and load another", Reuse))
            .Finally("The area is to be had, and given back", AreaIsGivenBack);

        RaceCheckResult result = RaceCheck.Explore(scenario, new RaceCheckOptions { Shrink = false, MaxTime = TimeSpan.FromMinutes(10) });

        TestContext.Current.TestOutputHelper?.WriteLine($"{result.Executions} executions, {result.Steps} steps, {result.Duration}");
        result.AssertExhausted();
        Assert.True(_wasReused);
    }

    public void Dispose()
    {
        File.Delete(_mine);
        File.Delete(_others);
    }

    private void Load(ScenarioRun run)
    {
        run.Memory.Swap.MaxReadOnlyAreas = 1;
        _snapshot = Snapshot.Open(_mine);
        _other = Snapshot.Open(_others);
        _loaded = _snapshot.Load(run.Memory);
    }

    private void Read(ScenarioRun run)
    {
        byte[] word = new byte[1];
        FaultResult result = _loaded!.Read(Where, word).Result;
        bool isRight = result == FaultResult.Success ? word[0] == Mine : result == FaultResult.NotMapped;
        if (!isRight)
        {
            ScenarioRun.Fail($"the program read {word[0]:x2}: {result}", Invariants.Coherence);
        }
    }

    private void Reuse(ScenarioRun run)
    {
        _loaded!.Unmap(Where, Page.SizeBytes);
        _snapshot!.Dispose();
        if (run.Memory.Swap.AreaCount != 0)
        {
            // The fault has the page in hand: the area, which is the only one that there can be, goes when it lets go.
            return;
        }

        _wasReused = true;
        LoadOther(run);
    }

    private void LoadOther(ScenarioRun run)
    {
        using AddressSpace beside = _other!.Load(run.Memory);
        byte[] word = new byte[1];
        FaultResult result = beside.Read(Where, word).Result;
        if (result != FaultResult.Success || word[0] != Others)
        {
            ScenarioRun.Fail($"the other program read {word[0]:x2}: {result}", Invariants.Coherence);
        }
    }

    private void AreaIsGivenBack(ScenarioRun run)
    {
        _loaded!.Dispose();
        _snapshot!.Dispose();
        LoadOther(run);
        _other!.Dispose();
        if (run.Memory.Swap.AreaCount != 0)
        {
            ScenarioRun.Fail("nobody uses a snapshot, and its area was not given back");
        }
    }

    private static string Saved(byte value)
    {
        using PhysicalMemory memory = new(16);
        using AddressSpace space = new(memory);
        space.Map(new MapRequest(Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Where });
        space.Write(Where, [value]);
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.snapshot");
        Snapshot.SaveAsync(space, file).GetAwaiter().GetResult();
        return file;
    }
}
