namespace MmuNotifiers.Lab.Traces.Format;

/// <summary>
/// The layout of a .mmtrace file; docs/trace-format.md holds the whole of it. All fixed-width numbers are little endian.
/// <code>
/// magic(8) version(2) compression(1) reserved(1) headerLength(4) header(JSON) hash(8)
/// { 'B'(1) rawLength(4) packedLength(4) eventCount(4) packed(packedLength) hash(8) }*
/// 'F'(1) footerLength(4) footer(JSON) hash(8)
/// </code>
/// Each hash is XxHash3 of all bytes of its part that stand before it, so that no byte of a file is without one.
/// </summary>
internal static class TraceFormat
{
    /// <summary>The version that is written. Version 2 added accesses and their count; version 1 is read too.</summary>
    public const ushort Version = 2;

    /// <summary>The oldest version that is read.</summary>
    public const ushort OldestVersion = 1;
    public const byte BrotliCompression = 1;
    public const byte BlockMarker = (byte)'B';
    public const byte FooterMarker = (byte)'F';

    public const int PreambleBytes = 16;
    public const int BlockHeadBytes = 13;
    public const int FooterHeadBytes = 5;
    public const int HashBytes = 8;

    /// <summary>A block is closed when its events reach this many bytes.</summary>
    public const int BlockTargetBytes = 1 << 20;

    /// <summary>No block unpacks to more; checked before anything is allocated.</summary>
    public const int BlockLimitBytes = 4 << 20;

    /// <summary>No header or footer is longer.</summary>
    public const int JsonLimitBytes = 1 << 20;

    /// <summary>The low bits of an access that hold its kinds.</summary>
    public const int AccessKindBits = 3;

    /// <summary>No path or name is longer (UTF-8).</summary>
    public const int TextLimitBytes = 1 << 16;

    public static ReadOnlySpan<byte> Magic => "MMUTRACE"u8;
}
