using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using MmuNotifiers.Secondary;

namespace MmuNotifiers.Benchmarks.Secondary;

/// <summary>Loads of 8 bytes at random over 64 MiB: as many pages as the TLB has entries.</summary>
[ShortRunJob]
public unsafe class TlbRandomBenchmarks
{
    private const int Pages = 16_384;
    private const int Loads = 1 << 18;
    private const int SectionLength = 64;

    private const int WordsPerLine = 8;
    private const int Lines = Pages * Page.SizeBytes / 64;

    private readonly uint[] _words = new uint[Loads];
    private FlatPrimary _primary = null!;
    private TlbDomain _domain = null!;
    private SoftwareTlb _tlb = null!;

    [GlobalSetup]
    public void Setup()
    {
        _primary = new FlatPrimary(Pages);
        _domain = new TlbDomain(_primary);
        _tlb = _domain.AddCpu();
        Random random = new(1);
        for (int i = 0; i < Loads; i++)
        {
            _words[i] = (uint)random.Next(Pages * (Page.SizeBytes / 8));
        }

        Section();
        MakeRing(random);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _domain.Dispose();
        _primary.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Loads)]
    public ulong RawPointer()
    {
        ulong sum = 0;
        ulong* at = (ulong*)_primary.Arena;
        uint[] words = _words;
        for (int i = 0; i < words.Length; i++)
        {
            sum ^= at[words[i]];
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong Section()
    {
        ulong sum = 0;
        uint[] words = _words;
        int i = 0;
        while (i < words.Length)
        {
            int end = Math.Min(i + SectionLength, words.Length);
            using (TlbSection section = _tlb.Enter())
            {
                i = Sum(section, words, i, end, ref sum);
            }

            if (i < end)
            {
                _tlb.Fault(FlatPrimary.Base + ((ulong)words[i] * 8), AccessRights.Read);
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong RawChase()
    {
        ulong at = 0;
        ulong* words = (ulong*)_primary.Arena;
        for (int i = 0; i < Loads; i++)
        {
            at = words[at];
        }

        return at;
    }

    [Benchmark(OperationsPerInvoke = Loads)]
    public ulong Chase()
    {
        ulong at = 0;
        int i = 0;
        while (i < Loads)
        {
            int end = Math.Min(i + SectionLength, Loads);
            using (TlbSection section = _tlb.Enter())
            {
                i = Follow(section, i, end, ref at);
            }

            if (i < end)
            {
                _tlb.Fault(FlatPrimary.Base + (at * 8), AccessRights.Read);
            }
        }

        return at;
    }

    /// <summary>One ring through the first words of all cache lines (Sattolo's shuffle).</summary>
    private void MakeRing(Random random)
    {
        int[] next = [.. Enumerable.Range(0, Lines)];
        for (int i = Lines - 1; i > 0; i--)
        {
            int j = random.Next(i);
            (next[i], next[j]) = (next[j], next[i]);
        }

        for (int line = 0; line < Lines; line++)
        {
            ((ulong*)_primary.Arena)[line * WordsPerLine] = (ulong)next[line] * WordsPerLine;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Follow(TlbSection section, int i, int end, ref ulong at)
    {
        ulong local = at;
        while (i < end && section.TryRead(FlatPrimary.Base + (local * 8), out ulong value))
        {
            local = value;
            i++;
        }

        at = local;
        return i;
    }

    // A method of its own: what lives across a try block, which a using is, the JIT keeps in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Sum(TlbSection section, uint[] words, int i, int end, ref ulong sum)
    {
        ulong local = sum;
        while (i < end && section.TryRead(FlatPrimary.Base + ((ulong)words[i] * 8), out ulong value))
        {
            local ^= value;
            i++;
        }

        sum = local;
        return i;
    }
}
