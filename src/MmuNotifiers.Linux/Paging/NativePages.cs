using System.Buffers;

namespace MmuNotifiers.Linux;

/// <summary>Pages of native memory as a <see cref="Memory{T}"/>, as stores take them: where they lie, without a copy.</summary>
internal sealed unsafe class NativePages : MemoryManager<byte>
{
    /// <summary>The most pages of one stretch: 1 GiB, since a memory's length is an int.</summary>
    private const int MostPages = 1 << 18;

    private readonly byte* _start;
    private readonly int _length;

    /// <summary>Covers pages that outlive it.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="pages">How many pages; at most 2^18.</param>
    internal NativePages(nint start, int pages)
    {
        _start = (byte*)start;
        _length = pages << Page.Shift;
    }

    // SAFETY: the pages outlive this object, as its maker promised.
    public override Span<byte> GetSpan() => new(_start, _length);

    // SAFETY: as above; native memory never moves, so there is nothing to pin.
    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>Covers a mapping, in as many stretches as it takes.</summary>
    internal static NativePages[] Cover(MemoryMapping mapping)
    {
        long pages = (long)(mapping.LengthBytes >> Page.Shift);
        NativePages[] stretches = new NativePages[(pages + MostPages - 1) / MostPages];
        for (int i = 0; i < stretches.Length; i++)
        {
            long first = (long)i * MostPages;
            stretches[i] = new NativePages(mapping.Address + (nint)(first << Page.Shift), (int)Math.Min(pages - first, MostPages));
        }

        return stretches;
    }

    /// <summary>The bytes of one page of a mapping.</summary>
    internal static Memory<byte> Of(NativePages[] stretches, int page) => stretches[page / MostPages].Of(page % MostPages);

    /// <summary>The bytes of one page.</summary>
    internal Memory<byte> Of(int page) => CreateMemory(page << Page.Shift, Page.SizeBytes);

    protected override void Dispose(bool disposing)
    {
    }
}
