namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>
/// How often each kind of operation comes in one case. Every case draws its own: some kinds are left out and some come
/// threefold, so that sequences arise which an even mixture would never make (swarm testing, Groce et al., ISSTA 2012).
/// </summary>
internal sealed class OperationWeights
{
    private static readonly (OperationKind Kind, int Weight)[] Usual =
    [
        (OperationKind.Map, 20), (OperationKind.Unmap, 6), (OperationKind.Protect, 10), (OperationKind.Remap, 12), (OperationKind.Advise, 10),
        (OperationKind.Fork, 4), (OperationKind.Exit, 1), (OperationKind.Read, 6), (OperationKind.Write, 10), (OperationKind.Fill, 3),
        (OperationKind.DeviceRead, 2), (OperationKind.DeviceWrite, 2), (OperationKind.Lock, 2), (OperationKind.Unlock, 2),
        (OperationKind.Sync, 1), (OperationKind.Resident, 2), (OperationKind.Layout, 1), (OperationKind.Break, 0),
        (OperationKind.ObjectRead, 2), (OperationKind.ObjectWrite, 2), (OperationKind.ObjectReadByte, 1), (OperationKind.ObjectWriteByte, 2),
        (OperationKind.ObjectTruncate, 3), (OperationKind.ObjectPunch, 3),
    ];

    private const int BreakWeight = 8;

    private readonly int[] _sums = new int[Usual.Length];

    /// <param name="random">What draws.</param>
    /// <param name="usesHeap">Whether the heap's end is to move.</param>
    internal OperationWeights(Random random, bool usesHeap)
    {
        int sum = 0;
        for (int i = 0; i < Usual.Length; i++)
        {
            (OperationKind kind, int weight) = Usual[i];
            weight = kind == OperationKind.Break && usesHeap ? BreakWeight : weight;
            int factor = kind == OperationKind.Map ? 2 : random.Next(5) switch
            {
                0 => 0,
                1 => 6,
                _ => 2,
            };
            sum += weight * factor;
            _sums[i] = sum;
        }
    }

    /// <summary>The next kind.</summary>
    internal OperationKind Draw(Random random)
    {
        int at = random.Next(_sums[^1]);
        return Usual[Array.FindIndex(_sums, sum => at < sum)].Kind;
    }
}
