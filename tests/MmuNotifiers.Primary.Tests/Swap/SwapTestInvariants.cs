namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>What must hold in a pool whose address spaces are at rest.</summary>
internal static class SwapTestInvariants
{
    /// <summary>Checks every address space, and every swap slot against all of their ptes.</summary>
    internal static void Assert(PhysicalMemory memory)
    {
        Dictionary<SwapEntry, int> named = [];
        foreach (AddressSpace space in memory.Spaces.ToArray())
        {
            space.AssertInvariants();
            space.CountSwapEntries(named);
        }

        memory.Swap.AssertInvariants(named);
    }
}
