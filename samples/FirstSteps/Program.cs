using MmuNotifiers;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

using PhysicalMemory memory = new(frames: 1024);
using AddressSpace space = new(memory);
using TlbDomain domain = new(space);      // subscribes to the whole address space
SoftwareTlb cpu = domain.AddCpu();        // one TLB for each virtual processor

VirtualAddress page = space.Map(new MapRequest(4096, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous)).Address;
cpu.Write(page, 42);                      // a TLB miss: faults the page in and caches the translation
cpu.Read(page, out int before);           // a hit: nanoseconds, no lock

using AddressSpace? child = space.Fork(); // write-protects the page: the TLB is told before, and drops its entry
cpu.Write(page, 43);                      // faults again, copies on write

byte[] snapshot = new byte[4];
child!.Read(page, snapshot);              // the child still has 42
space.Unmap(page, 4096);                  // the frame is freed only after the TLB has let go of it
FaultResult after = cpu.Read(page, out int _);
Console.WriteLine($"{before}, {snapshot[0]} in the child, then {after}; callbacks: {domain.Statistics.Callbacks}");
return (before, snapshot[0], after) == (42, 42, FaultResult.NotMapped) ? 0 : 1;
