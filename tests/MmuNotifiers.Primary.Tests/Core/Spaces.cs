namespace MmuNotifiers.Primary.Tests.Core;

/// <summary>Short words for what the tests of the core do over and over.</summary>
internal static class Spaces
{
    internal static VirtualAddress At(ulong page) => VirtualAddress.OfPage(page);

    internal static AddressRange Pages(ulong first, ulong count) => AddressRange.FromPages(At(first), count);

    /// <summary>Maps anonymous private memory at fixed pages.</summary>
    internal static AddressRange MapPrivate(
        this AddressSpace space, ulong first, ulong count, AccessRights rights = AccessRights.ReadWrite)
    {
        MapRequest request = new(count << Page.Shift, rights, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = At(first) };
        Assert.Equal(new AddressResult(Errno.None, At(first)), space.Map(request));
        return Pages(first, count);
    }

    /// <summary>Maps an object at fixed pages.</summary>
    internal static AddressRange MapObject(this AddressSpace space, ulong first, ulong count, MapFlags sharing, ObjectHandle handle)
    {
        MapRequest request = new(count << Page.Shift, AccessRights.ReadWrite, sharing | MapFlags.Fixed) { Address = At(first), Object = handle };
        Assert.Equal(new AddressResult(Errno.None, At(first)), space.Map(request));
        return Pages(first, count);
    }

    internal static void Store(this AddressSpace space, ulong page, byte value) =>
        Assert.Equal(new TransferResult(FaultResult.Success, 1), space.Write(At(page), [value]));

    internal static byte Load(this AddressSpace space, ulong page)
    {
        byte[] bytes = new byte[1];
        Assert.Equal(new TransferResult(FaultResult.Success, 1), space.Read(At(page), bytes));
        return bytes[0];
    }

    internal static FrameNumber FrameAt(this AddressSpace space, ulong page)
    {
        Translation[] translations = new Translation[1];
        Assert.True(space.FaultRange(Pages(page, 1), AccessRights.Read, translations).Succeeded);
        return translations[0].Frame;
    }
}
