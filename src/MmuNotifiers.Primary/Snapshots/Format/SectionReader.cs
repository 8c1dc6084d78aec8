using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MmuNotifiers.Primary;

/// <summary>Reads the numbers of a part of a snapshot whose checksum is right, and refuses what they must not be.</summary>
internal ref struct SectionReader
{
    private readonly string _file;
    private readonly long _offset;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>Reads bytes.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="offset">Where in the file the bytes begin.</param>
    /// <param name="bytes">The bytes.</param>
    internal SectionReader(string file, long offset, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _offset = offset;
        _bytes = bytes;
    }

    /// <summary>Whether everything was read.</summary>
    internal readonly bool IsAtEnd => _position == _bytes.Length;

    internal uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    internal ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    internal ReadOnlySpan<byte> ReadBytes(int count, string what) => Take(count, what);

    internal string ReadText(int bytes, string what)
    {
        ReadOnlySpan<byte> text = Take(bytes, what);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (ArgumentException)
        {
            throw Refuse($"expected {what} as UTF-8", -bytes);
        }
    }

    /// <summary>Refuses unless something holds of what was just read.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="expected">What was expected: <c>rights of three bits</c>.</param>
    /// <param name="found">What was read.</param>
    /// <param name="bytesBack">How long it is.</param>
    internal readonly void Expect(bool condition, string expected, ulong found, int bytesBack)
    {
        if (!condition)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"expected {expected}, found 0x{found:x}"), -bytesBack);
        }
    }

    /// <summary>An error at the present position, or so many bytes from it.</summary>
    internal readonly SnapshotFormatException Refuse(string problem, int shift = 0) => new(_file, _offset + _position + shift, problem);

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > _bytes.Length - _position)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"expected {count} bytes of {what}, found the section's end after {_bytes.Length - _position}"));
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }
}
