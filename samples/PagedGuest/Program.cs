using MmuNotifiers.Linux;
using MmuNotifiers.Linux.Kvm.Guests;
using MmuNotifiers.Swap;

if (HostCapabilities.VirtualMachines is { IsAvailable: false } lacking)
{
    Console.WriteLine($"This host runs no guest over paged memory: {lacking.Reason}");
    return 0;
}

// 64 MiB for the guest, a quarter of it in memory at a time; the rest lies in a store. Nothing is pinned.
await using MemorySwapStore behind = new(slotCount: 32 * 1024);
using PagedMemory memory = PagedMemory.Create(new PagedMemoryOptions { Pages = 16 * 1024, MaxResidentPages = 4 * 1024, Swap = behind });

// A real guest of KVM: its loads and stores run on the processor, and fault when this library has taken the page away.
using LoopGuest guest = LoopGuest.Create(memory);
LoopResult visits = guest.VisitAtRandom(processor: 0, visits: 20_000, seed: 1);
LoopResult sum = guest.Sum(processor: 0);

PagedMemoryStatistics paging = memory.Statistics;
Console.WriteLine($"The guest visited 20000 pages at random and counted {sum.Value}; every page held what the guest had left in it: {visits.IsComplete}.");
Console.WriteLine($"{paging.MissingFaults} faults, {paging.Evictions} evictions, {paging.SwapIns} pages came back; {paging.ResidentPages} are in memory now.");
return visits.IsComplete && sum is { IsComplete: true, Value: 20_000 } ? 0 : 1;
