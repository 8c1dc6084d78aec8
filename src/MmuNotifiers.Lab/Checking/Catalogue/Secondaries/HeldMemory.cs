using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A device that takes no invalidations: it got the frame of a page once, holds it, and goes on using it. How it holds the frame decides
/// whether that stays the page that the process sees.
/// </summary>
internal sealed class HeldMemory(IPrimaryMmu primary) : ISmallMirror, IDisposable
{
    private readonly MirrorTable _table = new(primary);
    private Action? _letGo;

    /// <summary>Holds a page by a pin.</summary>
    internal void Pin(AddressSpace space, int page, AccessRights access)
    {
        Span<FrameNumber> frame = stackalloc FrameNumber[1];
        if (space.Pin(ScenarioRun.RangeOf(page, 1), access, frame) == FaultResult.Success)
        {
            FrameNumber pinned = frame[0];
            _letGo += () => space.Unpin([pinned]);
            _table.Set(ScenarioRun.AddressOf(page), new MirrorEntry(pinned, AccessRights.Read | access));
        }
    }

    /// <summary>Holds a page by a reference on its frame and nothing else, as it was done before there were pins.</summary>
    internal void Refer(AddressSpace space, int page, AccessRights access)
    {
        Span<Translation> translation = stackalloc Translation[1];
        if (space.FaultRange(ScenarioRun.RangeOf(page, 1), access, translation).Succeeded)
        {
            FrameNumber referred = translation[0].Frame;
            space.Memory.Frames.Get(referred);
            _letGo += () => space.Memory.Put(referred);
            _table.Set(ScenarioRun.AddressOf(page), new MirrorEntry(referred, AccessRights.Read | access));
        }
    }

    public bool TryRead(VirtualAddress address, Span<byte> destination) => _table.TryLoad(address, destination);

    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source) => _table.TryStore(address, source);

    /// <summary>Lets go of what is held.</summary>
    public void Dispose() => _letGo?.Invoke();

    /// <summary>What is not held cannot be had.</summary>
    public FaultResult Fault(VirtualAddress address, AccessRights access) => FaultResult.NotMapped;
}
