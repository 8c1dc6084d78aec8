using MmuNotifiers.Primary;

namespace MmuNotifiers.Swap.Tests;

/// <summary>Loads and stores whole pages of its own in an address space at random, and knows what each must hold.</summary>
/// <param name="space">The address space.</param>
/// <param name="start">The first of its pages.</param>
/// <param name="pages">How many they are.</param>
/// <param name="seed">What the random choices follow from.</param>
/// <param name="tries">How often a page is asked for that cannot be read, before it is given up.</param>
internal sealed class SwappingWorker(AddressSpace space, VirtualAddress start, int pages, int seed, int tries)
{
    private readonly Random _random = new(seed);
    private readonly int[] _versions = new int[pages];
    private readonly byte[] _bytes = new byte[Page.SizeBytes];
    private readonly byte[] _expected = new byte[Page.SizeBytes];
    private int _version;

    /// <summary>Accesses that ended in SIGBUS.</summary>
    internal int BusErrors { get; private set; }

    /// <summary>Pages that could not be read however often, and were given up: their next content is zero.</summary>
    internal int GivenUp { get; private set; }

    /// <summary>Loads that gave other bytes than were stored.</summary>
    internal int WrongPages { get; private set; }

    /// <summary>Accesses that ended in anything else.</summary>
    internal List<FaultResult> Others { get; } = [];

    /// <summary>Does operations; some of them push pages out.</summary>
    internal void Run(int operations)
    {
        for (int operation = 0; operation < operations; operation++)
        {
            int page = _random.Next(pages);
            switch (_random.Next(20))
            {
                case < 10:
                    Load(page);
                    break;
                case < 19:
                    Store(page);
                    break;
                default:
                    space.Advise(AddressOf(page), 4 * Page.SizeBytes, Advice.PageOut);
                    break;
            }
        }
    }

    /// <summary>Loads every page.</summary>
    internal void LoadAll()
    {
        for (int page = 0; page < pages; page++)
        {
            Load(page);
        }
    }

    private void Load(int page)
    {
        if (Try(page, () => space.Read(AddressOf(page), _bytes)))
        {
            Expect(page);
            WrongPages += _bytes.AsSpan().SequenceEqual(_expected) ? 0 : 1;
        }
    }

    private void Store(int page)
    {
        int version = ++_version;
        TestPages.Fill(_bytes, page, version);
        if (Try(page, () => space.Write(AddressOf(page), _bytes)))
        {
            _versions[page] = version;
        }
    }

    /// <summary>Tries an access until it ends well, or gives the page up.</summary>
    private bool Try(int page, Func<TransferResult> access)
    {
        for (int attempt = 0; attempt < tries; attempt++)
        {
            TransferResult result = access();
            if (result.Succeeded)
            {
                return true;
            }

            if (result.Result != FaultResult.BusError)
            {
                Others.Add(result.Result);
                return false;
            }

            BusErrors++;
        }

        GivenUp++;
        _versions[page] = 0;
        space.Advise(AddressOf(page), Page.SizeBytes, Advice.DontNeed);
        return false;
    }

    private void Expect(int page)
    {
        if (_versions[page] == 0)
        {
            _expected.AsSpan().Clear();
        }
        else
        {
            TestPages.Fill(_expected, page, _versions[page]);
        }
    }

    private VirtualAddress AddressOf(int page) => start + ((ulong)page << Page.Shift);
}
