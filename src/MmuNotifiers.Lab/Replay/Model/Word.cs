using System.Globalization;

namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>
/// What the replay stores: eight bytes that say who stored them, for which page of which address space, and when. A word that turns
/// up where it does not belong tells where it came from.
/// </summary>
/// <remarks>
/// <code>
/// bits 63-60  writer: 0 for bytes that nobody stored (zero pages, files), 1 the program, 2 and up the devices
/// bits 59-48  number of the address space, modulo 4096
/// bits 47-28  number of the page, its low 20 bits
/// bits 27-0   the store's number, modulo 2^28
/// </code>
/// </remarks>
internal readonly record struct Word(ulong Value)
{
    private const int WriterShift = 60;
    private const int SpaceShift = 48;
    private const int PageShift = 28;
    private const ulong SpaceMask = 0xfff;
    private const ulong PageMask = 0xf_ffff;
    private const ulong SequenceMask = 0xfff_ffff;

    /// <summary>Who stored it: 0 nobody, 1 the program, 2 and up the devices.</summary>
    public int Writer => (int)(Value >> WriterShift);

    /// <summary>The address space's number, modulo 4096.</summary>
    public int Space => (int)((Value >> SpaceShift) & SpaceMask);

    /// <summary>The store's number, modulo 2^28.</summary>
    public long Sequence => (long)(Value & SequenceMask);

    /// <summary>Makes the word of one store.</summary>
    public static Word Of(int writer, int space, ulong pageNumber, long sequence) =>
        new(((ulong)writer << WriterShift)
            | (((ulong)space & SpaceMask) << SpaceShift)
            | ((pageNumber & PageMask) << PageShift)
            | ((ulong)sequence & SequenceMask));

    /// <summary>Whether it was stored for a page with this number.</summary>
    public bool IsForPage(ulong pageNumber) => ((Value >> PageShift) & PageMask) == (pageNumber & PageMask);

    /// <summary>The word in words.</summary>
    public override string ToString() => Writer switch
    {
        0 when Value == 0 => "zero",
        0 => string.Create(CultureInfo.InvariantCulture, $"file bytes 0x{Value:x}"),
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"store {Sequence} of writer {Writer} in space {Space} to page ..{(Value >> PageShift) & PageMask:x5}"),
    };
}
