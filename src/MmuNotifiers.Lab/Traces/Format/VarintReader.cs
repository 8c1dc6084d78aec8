using System.Text;

namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>Reads what <see cref="VarintWriter"/> wrote. Anything else ends in a <see cref="MalformedEventException"/>.</summary>
/// <param name="bytes">The bytes of one block.</param>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; set; }

    public readonly int Remaining => _bytes.Length - Position;

    public byte Byte()
    {
        if (Remaining == 0)
        {
            throw new MalformedEventException("expected another byte, the block has ended");
        }

        return _bytes[Position++];
    }

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new MalformedEventException("expected a number of at most 64 bits");
    }

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int32()
    {
        long value = Signed();
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new MalformedEventException("expected a number of 32 bits");
    }

    public uint UInt32()
    {
        ulong value = Unsigned();
        return value <= uint.MaxValue ? (uint)value : throw new MalformedEventException("expected a number of 32 bits");
    }

    public VirtualAddress Address() => new(Unsigned());

    public string Text()
    {
        ulong length = Unsigned();
        if (length > (ulong)Remaining || length > TraceFormat.TextLimitBytes)
        {
            throw new MalformedEventException("expected a text that ends inside the block");
        }

        try
        {
            string text = StrictUtf8.GetString(_bytes.Slice(Position, (int)length));
            Position += (int)length;
            return text;
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedEventException("expected UTF-8 text");
        }
    }
}
