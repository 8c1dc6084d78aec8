using MmuNotifiers.Primary;

namespace MmuNotifiers.Benchmarks.Primary;

/// <summary>An address space with one private anonymous area, and what benchmarks do to it.</summary>
internal sealed class Workspace : IDisposable
{
    private const MapFlags PrivateAnonymous = MapFlags.Private | MapFlags.Anonymous;

    /// <summary>Maps an area.</summary>
    /// <param name="pages">Its size.</param>
    /// <param name="frames">How many frames there are beside those for the area.</param>
    /// <param name="options">Null for those of a Linux process.</param>
    internal Workspace(int pages, int frames = 4096, AddressSpaceOptions? options = null)
    {
        Memory = new PhysicalMemory(pages + frames);
        Space = new AddressSpace(Memory, options);
        Range = AddressRange.FromPages(Map(pages), (ulong)pages);
    }

    internal PhysicalMemory Memory { get; }

    internal AddressSpace Space { get; }

    /// <summary>The area.</summary>
    internal AddressRange Range { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Space.Dispose();
        Memory.Dispose();
    }

    /// <summary>Maps another area, where the address space chooses.</summary>
    internal VirtualAddress Map(int pages) =>
        Space.Map(new MapRequest((ulong)pages << Page.Shift, AccessRights.ReadWrite, PrivateAnonymous)).Address;

    /// <summary>Accesses one byte of each page as a CPU would.</summary>
    internal void Touch(AddressRange range, AccessRights access)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.SizeBytes)
        {
            FaultResult result = Space.Access(page, access).Result;
            if (result != FaultResult.Success)
            {
                throw new InvalidOperationException($"The {access} access at {page} ended in {result}.");
            }
        }
    }

    /// <summary>Frees the pages, so that they fault again.</summary>
    internal void Discard(AddressRange range) => Space.Advise(range.Start, range.LengthBytes, Advice.DontNeed);
}
