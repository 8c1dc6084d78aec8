using MmuNotifiers.Primary.Tests.Core;
using static MmuNotifiers.Primary.Tests.Core.Spaces;

namespace MmuNotifiers.Primary.Tests.Swap;

/// <summary>
/// An address space and what it must show: for each page of its window a byte, or none where nothing is mapped, and whether the page may
/// have become zero (MADV_FREE). The window begins with anonymous memory and ends with private pages of an object.
/// </summary>
internal sealed class Process
{
    internal const ulong Window = 24;
    internal const ulong ObjectPages = 8;

    private const ulong First = 512;
    private const ulong FirstObjectPage = Window - ObjectPages;

    private readonly byte?[] _values;
    private readonly bool[] _mayBeZero;
    private readonly bool[] _isWritable;
    private readonly List<FrameNumber> _pins = [];
    private readonly MemoryObject _object;

    private Process(AddressSpace space, MemoryObject target, byte?[] values, bool[] mayBeZero, bool[] isWritable)
    {
        Space = space;
        _object = target;
        _values = values;
        _mayBeZero = mayBeZero;
        _isWritable = isWritable;
    }

    internal AddressSpace Space { get; }

    internal static Process Create(PhysicalMemory memory, MemoryObject target)
    {
        AddressSpace space = new(memory, new AddressSpaceOptions { FaultAroundPages = 1 });
        AddressRange range = space.MapPrivate(First, FirstObjectPage);
        Assert.Equal(Errno.None, space.Advise(range.Start, range.LengthBytes, Advice.Mergeable));
        space.MapObject(First + FirstObjectPage, ObjectPages, MapFlags.Private, new ObjectHandle(target, AccessRights.ReadWrite));
        byte?[] values = new byte?[Window];
        Array.Fill(values, (byte)0);
        bool[] writable = new bool[Window];
        Array.Fill(writable, true);
        return new Process(space, target, values, new bool[Window], writable);
    }

    internal Process Fork()
    {
        AddressSpace? child = Space.Fork();
        Assert.NotNull(child);
        return new Process(child, _object, [.. _values], [.. _mayBeZero], [.. _isWritable]);
    }

    internal void Perform(SwapModelTests.Step step, PageEviction eviction)
    {
        AddressRange range = Pages(First + step.Page, step.Pages);
        switch (step.Kind)
        {
            case <= 10:
                Store(step.Page, step.Value);
                break;
            case <= 13:
                Check(step.Page);
                break;
            case <= 15:
                eviction.Evict(FramesIn(step), EvictionReason.Pressure);
                break;
            case 16:
                Unmap(range, step);
                break;
            case 17:
                Remap(range, step);
                break;
            case 18:
                Move(step);
                break;
            case 19:
                Protect(range, step);
                break;
            case 20:
                Discard(range, step);
                break;
            case 21:
                FreeLazily(step);
                break;
            case 22:
                Space.MergeEqualPages(range);
                break;
            case 23:
                Space.Migrate(range);
                break;
            case 24:
                Pin(step);
                eviction.Evict(FramesIn(step), EvictionReason.Pressure);
                break;
            case 25:
                Translate(step);
                break;
            case 26:
                Space.MakeExclusive(AddressRange.OfPage(At(First + step.Page)), this, new FrameNumber[1]);
                break;
            default:
                Space.ClearSoftDirty(range);
                break;
        }
    }

    internal void ReleasePins()
    {
        Space.Unpin(_pins.ToArray());
        _pins.Clear();
    }

    internal void AssertSame()
    {
        for (ulong page = 0; page < Window; page++)
        {
            Check(page);
        }
    }

    private void Check(ulong page)
    {
        byte[] read = new byte[1];
        TransferResult result = Space.Read(At(First + page), read);
        if (_values[page] is not { } value)
        {
            Assert.Equal(FaultResult.NotMapped, result.Result);
            return;
        }

        Assert.Equal(FaultResult.Success, result.Result);
        Assert.True(read[0] == value || (_mayBeZero[page] && read[0] == 0), $"page {page} shows {read[0]}, not {value}");
    }

    private void Store(ulong page, byte value)
    {
        bool succeeded = Space.Write(At(First + page), [value]).Succeeded;
        Assert.Equal(_values[page] is not null && _isWritable[page], succeeded);
        if (succeeded)
        {
            _values[page] = value;
            _mayBeZero[page] = false;
        }
    }

    private FrameNumber[] FramesIn(SwapModelTests.Step step)
    {
        List<FrameNumber> frames = [];
        for (ulong page = step.Page; page < step.Page + step.Pages; page++)
        {
            Pte pte = Space.PeekPte(At(First + page));
            if (pte.IsPresent)
            {
                frames.Add(pte.Frame);
            }
        }

        return [.. frames];
    }

    private void Unmap(AddressRange range, SwapModelTests.Step step)
    {
        Assert.Equal(Errno.None, Space.Unmap(range.Start, range.LengthBytes));
        Set(step, null);
    }

    private void Remap(AddressRange range, SwapModelTests.Step step)
    {
        Space.MapPrivate(range.Start.PageNumber, range.Pages);
        Set(step, 0);
        Array.Fill(_isWritable, true, (int)step.Page, (int)step.Pages);
    }

    /// <summary>One page goes elsewhere in the window, over what is there.</summary>
    private void Move(SwapModelTests.Step step)
    {
        if (_values[step.Page] is null || step.Page == step.To)
        {
            return;
        }

        const MoveFlags Flags = MoveFlags.MayMove | MoveFlags.Fixed;
        Assert.True(Space.Move(At(First + step.Page), Page.SizeBytes, Page.SizeBytes, Flags, At(First + step.To)).Succeeded);
        (_values[step.To], _mayBeZero[step.To], _isWritable[step.To]) = (_values[step.Page], _mayBeZero[step.Page], _isWritable[step.Page]);
        _values[step.Page] = null;
    }

    private void Protect(AddressRange range, SwapModelTests.Step step)
    {
        if (!IsMapped(step))
        {
            return;
        }

        bool writable = step.Value % 2 == 0;
        Assert.Equal(Errno.None, Space.Protect(range.Start, range.LengthBytes, writable ? AccessRights.ReadWrite : AccessRights.Read));
        Array.Fill(_isWritable, writable, (int)step.Page, (int)step.Pages);
    }

    /// <summary>Nobody writes to the object, so its pages are zero as well.</summary>
    private void Discard(AddressRange range, SwapModelTests.Step step)
    {
        if (IsMapped(step))
        {
            Assert.Equal(Errno.None, Space.Advise(range.Start, range.LengthBytes, Advice.DontNeed));
            Set(step, 0);
        }
    }

    private void FreeLazily(SwapModelTests.Step step)
    {
        for (ulong page = step.Page; page < step.Page + step.Pages; page++)
        {
            if (_values[page] is not null && Space.Advise(At(First + page), Page.SizeBytes, Advice.Free) == Errno.None)
            {
                _mayBeZero[page] = true;
            }
        }
    }

    private void Pin(SwapModelTests.Step step)
    {
        FrameNumber[] pins = new FrameNumber[1];
        AccessRights access = step.Value == 1 ? AccessRights.Read : AccessRights.Write;
        if (Space.Pin(Pages(First + step.Page, 1), access, pins) == FaultResult.Success)
        {
            _pins.Add(pins[0]);
            if (access == AccessRights.Write)
            {
                // The device stores behind the CPU's back.
                Space.Memory.Bytes(pins[0])[0] = step.Value;
                _values[step.Page] = step.Value;
                _mayBeZero[step.Page] = false;
            }
        }
    }

    private void Translate(SwapModelTests.Step step)
    {
        Translation[] translations = new Translation[1];
        AccessRights access = step.Value == 1 ? AccessRights.Read : AccessRights.Write;
        if (Space.FaultRange(Pages(First + step.Page, 1), access, translations).Succeeded)
        {
            byte value = Space.Memory.Bytes(translations[0].Frame)[0];
            Assert.True(value == _values[step.Page] || (_mayBeZero[step.Page] && value == 0));
            _mayBeZero[step.Page] &= access == AccessRights.Read;
            _values[step.Page] = value;
        }
    }

    private bool IsMapped(SwapModelTests.Step step) => Array.TrueForAll(_values[(int)step.Page..(int)(step.Page + step.Pages)], static value => value is not null);

    private void Set(SwapModelTests.Step step, byte? value)
    {
        Array.Fill(_values, value, (int)step.Page, (int)step.Pages);
        Array.Fill(_mayBeZero, false, (int)step.Page, (int)step.Pages);
    }
}
