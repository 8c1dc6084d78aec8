using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MmuNotifiers.Primary;

/// <summary>Writes the numbers of a section, little-endian.</summary>
internal sealed class SectionWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    internal void Write(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
    }

    internal void Write(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
    }

    internal void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    internal void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    internal void WriteZeroes(int bytes)
    {
        _bytes.GetSpan(bytes)[..bytes].Clear();
        _bytes.Advance(bytes);
    }
}
