using MmuNotifiers.Lab.Conformance.Kernel;
using MmuNotifiers.Lab.Conformance.Operations;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>
/// Makes up whole cases: random operations, then looks at everything that is left. In some the accesses of the CPU are repeated
/// by devices, so that both worlds' secondary MMUs are used at every step.
/// </summary>
internal static class CaseMaker
{
    private const int LeastOperations = 20;
    private const int MostOperations = 120;

    /// <summary>The case of a seed; always the same one for the same devices.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="devices">Whether the judge has a guest to repeat accesses with.</param>
    /// <param name="randomOperations">How many operations it has besides looks and repetitions.</param>
    internal static ConformanceCase Make(int seed, KernelDevices devices, out int randomOperations)
    {
        Random random = new(seed);
        FuzzPlace place = FuzzPlace.Draw(random);
        bool repeats = random.Next(2) == 0 && devices == KernelDevices.Guest;
        OperationGenerator generator = new(random, place);
        randomOperations = random.Next(LeastOperations, MostOperations + 1);
        List<ConformanceOperation> operations = [];
        for (int i = 0; i < randomOperations; i++)
        {
            ConformanceOperation operation = generator.Next();
            operations.Add(operation);
            if (repeats)
            {
                operations.AddRange(Repetition(operation));
            }
        }

        AddLooks(operations, generator.Alive, place, repeats);
        return place.CaseOf(operations, $"fuzz_{seed}");
    }

    /// <summary>What a device does after the CPU did it.</summary>
    private static IEnumerable<ConformanceOperation> Repetition(ConformanceOperation operation) => operation switch
    {
        ReadByteOperation read => [new DeviceReadByteOperation(read.Process, read.Address)],
        WriteByteOperation write =>
        [
            new DeviceWriteByteOperation(write.Process, write.Address, write.Value),
            new DeviceReadByteOperation(write.Process, write.Address),
        ],
        _ => [],
    };

    private static void AddLooks(List<ConformanceOperation> operations, IReadOnlyList<int> alive, FuzzPlace place, bool repeats)
    {
        foreach (int process in alive)
        {
            operations.Add(new LayoutOperation(process));
            for (int page = 0; page < FuzzPlace.WindowPages; page++)
            {
                operations.Add(new SumPageOperation(process, ByteAmount.OfPages(page)));
                if (repeats)
                {
                    operations.Add(new DeviceReadByteOperation(process, ByteAmount.OfPages(page)));
                }
            }

            if (place.UsesHeap)
            {
                operations.Add(new LayoutOperation(process, LayoutPlace.Heap));
                operations.AddRange(Enumerable.Range(0, FuzzPlace.HeapPages).Select(page =>
                    new SumPageOperation(process, new ByteAmount(unchecked(place.Heap.Bytes + ((ulong)page << Page.Shift))))));
            }
        }

        operations.AddRange(Enumerable.Range(0, FuzzPlace.Objects).Select(id => new SumObjectOperation(0, new ObjectReference(id, AccessRights.ReadWrite))));
    }
}
