using System.Collections.Immutable;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking;

/// <summary>
/// What a race check runs: a small primary with a few pages, secondary MMUs attached to it, and threads of operations. Immutable; each
/// method returns a changed copy.
/// </summary>
/// <remarks>
/// Pages are numbered from 0 in the order in which they are added; page n lies at address 0x200000 + n x 0x1000. Each execution starts with
/// an address space of its own. Every page that is touched at the start holds a value that names it, every write of an operation a value
/// that names the operation, and frames are poisoned when they are freed.
/// </remarks>
public sealed partial record RaceScenario
{
    private RaceScenario()
    {
    }

    /// <summary>What reports call it.</summary>
    public string Name { get; private init; } = "scenario";

    /// <summary>How many pages there are, holes included.</summary>
    public int PageCount => Groups.Sum(group => group.Pages);

    /// <summary>The names of the threads.</summary>
    public IEnumerable<string> ThreadNames => Threads.Select(thread => thread.Name);

    internal ImmutableArray<ScenarioSecondary> Secondaries { get; private init; } = [];

    internal ImmutableArray<PageGroup> Groups { get; private init; } = [];

    internal ImmutableArray<ScenarioThread> Threads { get; init; } = [];

    internal HookTable HookTable { get; private init; } = HookTable.Standard;

    internal Func<IPrimaryMmu, IPrimaryMmu>? Interposer { get; private init; }

    internal ImmutableArray<ScenarioCheck> Checks { get; private init; } = [];

    /// <summary>A scenario with a secondary MMU.</summary>
    /// <param name="attach">Makes the secondary and subscribes it; called once for each execution.</param>
    public static RaceScenario Over(Func<IPrimaryMmu, ISecondaryMmu> attach) => new RaceScenario().And(attach);

    /// <summary>A scenario with anything that subscribes to the primary: a bare notifier with accessors of its own.</summary>
    /// <param name="attach">Makes it and subscribes it; called once for each execution. If it is disposable, its end disposes it.</param>
    /// <param name="addDevice">Makes what accesses the address space through it; called once for each thread that does.</param>
    public static RaceScenario Over<T>(Func<IPrimaryMmu, T> attach, Func<T, ISecondaryDevice> addDevice)
        where T : class => new RaceScenario().And(attach, addDevice);

    /// <summary>A scenario without a secondary MMU: the primary alone, or one that <see cref="ThreadScript.Do"/> makes.</summary>
    public static RaceScenario WithoutSecondary() => new();

    /// <summary>Attaches a further secondary MMU: number 1, 2, and so on for the operations.</summary>
    public RaceScenario And(Func<IPrimaryMmu, ISecondaryMmu> attach)
    {
        ArgumentNullException.ThrowIfNull(attach);
        return this with { Secondaries = Secondaries.Add(new ScenarioSecondary(attach, mmu => ((ISecondaryMmu)mmu).AddDevice())) };
    }

    /// <inheritdoc cref="Over{T}"/>
    public RaceScenario And<T>(Func<IPrimaryMmu, T> attach, Func<T, ISecondaryDevice> addDevice)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(attach);
        ArgumentNullException.ThrowIfNull(addDevice);
        return this with { Secondaries = Secondaries.Add(new ScenarioSecondary(attach, mmu => addDevice((T)mmu))) };
    }

    /// <summary>Gives it a name.</summary>
    public RaceScenario Named(string name) => this with { Name = name };

    /// <summary>Leaves the attaching of all secondaries added so far to <see cref="ThreadScript.Attach"/>.</summary>
    public RaceScenario AttachedLater() => this with { Secondaries = [.. Secondaries.Select(secondary => secondary with { IsLate = true })] };

    /// <summary>Adds pages of private anonymous memory, each written once.</summary>
    public RaceScenario Pages(int count, AccessRights rights = AccessRights.ReadWrite) => Add(PageGroupKind.Private, count, rights);

    /// <summary>Adds pages of private anonymous memory that nobody has touched.</summary>
    public RaceScenario UntouchedPages(int count, AccessRights rights = AccessRights.ReadWrite) => Add(PageGroupKind.Untouched, count, rights);

    /// <summary>Adds a shared mapping of a memory object of its own; the first is object 0.</summary>
    public RaceScenario SharedPages(int count, AccessRights rights = AccessRights.ReadWrite) => Add(PageGroupKind.Shared, count, rights);

    /// <summary>Adds a private mapping of a memory object of its own: the pages are the object's until they are written.</summary>
    public RaceScenario ObjectPages(int count, AccessRights rights = AccessRights.ReadWrite) => Add(PageGroupKind.PrivateObject, count, rights);

    /// <summary>Leaves pages out: nothing is mapped there.</summary>
    public RaceScenario Hole(int count) => Add(PageGroupKind.Hole, count, AccessRights.None);

    /// <summary>Lets hook sites of the primary call otherwise than they should: what history got wrong.</summary>
    public RaceScenario Hooks(HookTable hooks) => this with { HookTable = hooks };

    /// <summary>
    /// Puts something between the primary and all secondaries: a dispatch of an own kind. Called once for each execution.
    /// </summary>
    public RaceScenario Through(Func<IPrimaryMmu, IPrimaryMmu> interposer) => this with { Interposer = interposer };

    /// <summary>Adds a thread.</summary>
    /// <param name="name">Heads its column: <c>vCPU 1</c>.</param>
    /// <param name="script">What it does.</param>
    public RaceScenario Thread(string name, Action<ThreadScript> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        ThreadScript written = new(Threads.Length);
        script(written);
        return this with { Threads = Threads.Add(new ScenarioThread(name, Threads.Length, written.Preparations, written.Operations)) };
    }

    /// <summary>Adds an assertion that is made after all threads have ended, on one thread.</summary>
    /// <param name="text">What it asserts, for the report.</param>
    /// <param name="check">Throws, or calls <see cref="ScenarioRun.Fail"/>, if it does not hold.</param>
    public RaceScenario Finally(string text, Action<ScenarioRun> check) => this with { Checks = Checks.Add(new ScenarioCheck(text, check)) };

    /// <summary>Whether nothing is mapped at a page as the scenario begins.</summary>
    internal bool IsHole(int page)
    {
        foreach (PageGroup group in Groups)
        {
            if (page >= group.First && page < group.First + group.Pages)
            {
                return group.Kind == PageGroupKind.Hole;
            }
        }

        return true;
    }

    private RaceScenario Add(PageGroupKind kind, int count, AccessRights rights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PageCount + count, ScenarioRun.MaxPages);
        return this with { Groups = Groups.Add(new PageGroup(kind, PageCount, count, rights)) };
    }
}
