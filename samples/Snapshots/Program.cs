using MmuNotifiers;
using MmuNotifiers.Primary;

const int Pages = 4096;
using PhysicalMemory memory = new(frames: 4 * Pages);
using AddressSpace machine = new(memory);
VirtualAddress start = machine.Map(new MapRequest(Pages * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous)).Address;

// A program that never rests: it stores the number of its round to one page after the other.
using CancellationTokenSource stop = new();
Task program = Task.Run(() =>
{
    for (int round = 1; !stop.IsCancellationRequested; round++)
    {
        for (ulong page = 0; page < Pages; page++)
        {
            machine.Write(start + (page * Page.SizeBytes), BitConverter.GetBytes(round));
        }
    }
});
while (Round(machine, Pages - 1) < 3)
{
}

// The moment is that of the call; the program runs on while the pages are written.
string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.snapshot");
SnapshotSummary saved = await Snapshot.SaveAsync(machine, file);
int later = Round(machine, 0);
await stop.CancelAsync();
await program;

// Loading reads no page: each comes in when it is used, from the file, and can leave again without a write.
using Snapshot snapshot = Snapshot.Open(file);
using PhysicalMemory small = new(frames: Pages / 8, reclaim: new ReclaimOptions());
using AddressSpace loaded = snapshot.Load(small);
int first = Round(loaded, 0);
bool isOneMoment = true;
for (ulong page = 1, last = (ulong)first; page < Pages; page++)
{
    ulong round = (ulong)Round(loaded, page);
    isOneMoment &= round <= last && (ulong)first - round <= 1;
    last = round;
}

Console.WriteLine($"{saved.StoredPages} pages of round {first} in {saved.FileBytes} bytes, one moment: {isOneMoment}; the program went on to round {later}");
File.Delete(file);
return isOneMoment && saved.StoredPages == Pages && snapshot.Verify().Count == 0 ? 0 : 1;

int Round(AddressSpace space, ulong page)
{
    byte[] word = new byte[sizeof(int)];
    TransferResult read = space.Read(start + (page * Page.SizeBytes), word);
    return read.Succeeded ? BitConverter.ToInt32(word) : throw new InvalidOperationException($"page {page}: {read.Result}");
}
