using System.Text;

namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>A growing buffer of LEB128 numbers: seven bits a byte, the lowest first. Signed numbers are zigzag coded.</summary>
internal sealed class VarintWriter
{
    private byte[] _buffer = new byte[TraceFormat.BlockTargetBytes + 4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value)
    {
        Reserve(1);
        _buffer[Length++] = value;
    }

    public void Unsigned(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[Length++] = (byte)value;
    }

    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Address(VirtualAddress address) => Unsigned(address.Value);

    public void Text(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, TraceFormat.TextLimitBytes, nameof(text));
        Unsigned((ulong)bytes);
        Reserve(bytes);
        Length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(Length));
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - Length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + bytes));
        }
    }
}
