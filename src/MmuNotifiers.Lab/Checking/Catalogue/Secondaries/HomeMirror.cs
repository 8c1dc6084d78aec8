namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>A mirror that asserts, at the start of each bracket, that it is one of the address space that it subscribed to.</summary>
internal sealed class HomeMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    /// <summary>Whose brackets it may be told of.</summary>
    internal NotifierSubscriptions? Home { get; set; }

    public override bool InvalidateRangeStart(in InvalidationRange range)
    {
        if (Home is { } home && !home.IsInside)
        {
            ScenarioRun.Fail(
                $"The subscriber was told of {range}, which is a bracket of an address space that it never subscribed to.", Invariants.Lifetime);
        }

        return base.InvalidateRangeStart(in range);
    }
}
