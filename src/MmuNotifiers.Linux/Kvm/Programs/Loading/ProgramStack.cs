using System.Buffers.Binary;
using System.Text;

namespace MmuNotifiers.Linux.Kvm.Programs.Loading;

/// <summary>
/// The stack of a program at its start (System V ABI, AMD64 supplement, 3.4.1): the count of arguments, their addresses, those of the environment, the
/// auxiliary vector, and above them the texts themselves.
/// </summary>
internal sealed class ProgramStack
{
    /// <summary>The most bytes that there may be of it: a quarter of the stack, as on Linux.</summary>
    public const int MostBytes = 2 << 20;

    private readonly List<byte> _texts = [];
    private readonly VirtualAddress _top;

    private ProgramStack(VirtualAddress top) => _top = top;

    /// <summary>The bytes, which go just below the top.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Where the stack pointer stands; aligned to 16.</summary>
    public VirtualAddress Pointer => _top - (ulong)Bytes.Length;

    /// <summary>Puts a stack together.</summary>
    /// <param name="top">The address behind it; aligned to 16.</param>
    /// <param name="image">The program.</param>
    /// <param name="path">The name by which it was started (AT_EXECFN).</param>
    /// <param name="arguments">The arguments, the name of the program included.</param>
    /// <param name="environment">NAME=VALUE.</param>
    /// <param name="identity">What the program is told of its user and its processor.</param>
    /// <returns>Null if it is longer than <see cref="MostBytes"/>.</returns>
    public static ProgramStack? TryBuild(
        VirtualAddress top, ElfImage image, string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, ProgramIdentity identity)
    {
        ProgramStack stack = new(top);
        ulong pathAt = stack.AddText(path);
        ulong platform = stack.AddText("x86_64");
        ulong random = stack.Add(identity.Random);
        List<ulong> words = [(ulong)arguments.Count];
        words.AddRange(arguments.Select(stack.AddText));
        words.Add(0);
        words.AddRange(environment.Select(stack.AddText));
        words.Add(0);
        words.AddRange(
        [
            3, image.ProgramHeaders.Value, 4, (ulong)ElfImage.ProgramHeaderLength, 5, (ulong)image.ProgramHeaderCount, 6, Page.SizeBytes, 7, 0,
            8, 0, 9, image.Entry.Value, 11, identity.UserId, 12, identity.UserId, 13, identity.GroupId, 14, identity.GroupId, 15, platform,
            16, identity.HardwareFeatures, 17, 100, 23, 0, 25, random, 31, pathAt, 0, 0,
        ]);
        return stack.TryFinish(words) ? stack : null;
    }

    private ulong AddText(string text) => Add([.. Encoding.UTF8.GetBytes(text), 0]);

    /// <summary>Puts bytes below those that are there already.</summary>
    private ulong Add(ReadOnlySpan<byte> bytes)
    {
        // Kept from the top down, so in reverse.
        for (int index = bytes.Length - 1; index >= 0; index--)
        {
            _texts.Add(bytes[index]);
        }

        return _top.Value - (ulong)_texts.Count;
    }

    private bool TryFinish(List<ulong> words)
    {
        const int Alignment = 16;
        long length = (_texts.Count + ((long)words.Count * sizeof(ulong)) + Alignment - 1) / Alignment * Alignment;
        if (length > MostBytes)
        {
            return false;
        }

        Bytes = new byte[length];
        for (int index = 0; index < words.Count; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(index * sizeof(ulong)), words[index]);
        }

        for (int index = 0; index < _texts.Count; index++)
        {
            Bytes[^(index + 1)] = _texts[index];
        }

        return true;
    }
}
