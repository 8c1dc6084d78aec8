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

    /// <summary>The frame of the latest <see cref="Pin"/>.</summary>
    private FrameNumber _pinned;

    /// <summary>Ends what holds the frames; null if nothing does.</summary>
    private Action? _letGo;

    /// <summary>Holds a page by a pin.</summary>
    internal void Pin(AddressSpace space, int page, AccessRights access)
    {
        Span<FrameNumber> frame = stackalloc FrameNumber[1];
        if (space.Pin(ScenarioRun.RangeOf(page, 1), access, frame) == FaultResult.Success)
        {
            FrameNumber pinned = frame[0];
            _pinned = pinned;
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

    /// <summary>Remembers the frame of a page and holds it by nothing (M-evict-held).</summary>
    internal void Remember(AddressSpace space, int page, AccessRights access)
    {
        Span<Translation> translation = stackalloc Translation[1];
        if (space.FaultRange(ScenarioRun.RangeOf(page, 1), access, translation).Succeeded)
        {
            _table.Set(ScenarioRun.AddressOf(page), new MirrorEntry(translation[0].Frame, AccessRights.Read | access));
        }
    }

    /// <summary>The device has written to the page that it pinned, and is done with it.</summary>
    internal void MarkDirtyThenUnpin()
    {
        primary.MarkDirty(_pinned);
        LetGo();
    }

    /// <summary>As the other, but nothing keeps the page in memory when it is marked (M-evict-dirty).</summary>
    internal void UnpinThenMarkDirty()
    {
        LetGo();
        primary.MarkDirty(_pinned);
    }

    public bool TryRead(VirtualAddress address, Span<byte> destination) => _table.TryLoad(address, destination);

    public bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> source) => _table.TryStore(address, source);

    /// <summary>Lets go of what is held.</summary>
    public void Dispose() => LetGo();

    /// <summary>What is not held cannot be had.</summary>
    public FaultResult Fault(VirtualAddress address, AccessRights access) => FaultResult.NotMapped;

    private void LetGo()
    {
        _table.Drop(AddressRange.All);
        _letGo?.Invoke();
        _letGo = null;
    }
}
