namespace MmuNotifiers.Tests.Support;

/// <summary>
/// Listeners hear the whole process, and writing for them allocates. Classes that listen, and those that count allocations, are
/// therefore of one collection: they run one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ObservedProcess
{
    internal const string Name = "observed process";
}
