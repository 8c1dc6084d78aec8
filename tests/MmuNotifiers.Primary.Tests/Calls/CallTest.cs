using MmuNotifiers.Primary.Tests.Core;

namespace MmuNotifiers.Primary.Tests.Calls;

/// <summary>An address space whose chosen addresses lie in a window of 128 pages, checked and emptied after each test.</summary>
public abstract class CallTest : IDisposable
{
    protected const ulong Window = 0x10000;
    protected const ulong WindowPages = 128;

    protected CallTest(AddressSpaceOptions? options = null)
    {
        Memory = new PhysicalMemory(2048, FreedFrames.Poisoned);
        Space = new AddressSpace(Memory, options ?? DefaultOptions);
    }

    protected static AddressSpaceOptions DefaultOptions => new() { PlacementWindow = Spaces.Pages(Window, WindowPages) };

    protected PhysicalMemory Memory { get; }

    protected AddressSpace Space { get; }

    public void Dispose()
    {
        Space.AssertInvariants();
        Space.Dispose();
        Assert.Equal(1, Memory.FramesInUse);
        Memory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The address of a page of the window.</summary>
    protected static VirtualAddress At(ulong page) => Spaces.At(Window + page);

    protected static ulong Bytes(ulong pages) => pages << Page.Shift;

    protected AddressResult Map(
        ulong page,
        ulong pages,
        AccessRights rights = AccessRights.ReadWrite,
        MapFlags flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) =>
        Space.Map(new MapRequest(Bytes(pages), rights, flags) { Address = At(page) });

    protected AddressResult MapObject(
        ulong page,
        ulong pages,
        ObjectHandle? handle,
        MapFlags flags = MapFlags.Shared | MapFlags.Fixed,
        ulong offset = 0,
        AccessRights rights = AccessRights.ReadWrite) =>
        Space.Map(new MapRequest(Bytes(pages), rights, flags) { Address = At(page), Object = handle, OffsetBytes = Bytes(offset) });

    protected SharedMemoryObject NewObject(ulong pages) => new(Memory, Bytes(pages));

    protected void Store(ulong page, byte value) => Space.Store(Window + page, value);

    protected byte Load(ulong page) => Space.Load(Window + page);

    protected FaultResult Touch(ulong page, AccessRights access = AccessRights.Write) => Space.Access(At(page), access).Result;

    /// <summary>The layout of the window: "page+pages:rights and sharing", separated by blanks.</summary>
    protected string Layout(AddressSpace? space = null) => string.Join(' ', (space ?? Space).Layout().Select(area =>
        $"{area.Range.Start.PageNumber - Window}+{area.Range.Pages}:"
        + $"{Letter(area, AccessRights.Read, 'r')}{Letter(area, AccessRights.Write, 'w')}"
        + $"{Letter(area, AccessRights.Execute, 'x')}{(area.IsShared ? 's' : 'p')}"));

    private static char Letter(AreaInfo area, AccessRights right, char letter) => (area.Rights & right) != 0 ? letter : '-';
}
