using MmuNotifiers.Lab.Traces;

namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>Makes up arguments: mostly sensible ones that meet each other in a small window, now and then a wrong one.</summary>
internal sealed class ArgumentGenerator
{
    private const int MaxObjectPages = 8;
    private const int MaxObjectBytes = MaxObjectPages * Page.SizeBytes;

    private static readonly LinuxProtection[] Protections =
    [
        LinuxProtection.None, LinuxProtection.Read, LinuxProtection.Read | LinuxProtection.Write, LinuxProtection.Read | LinuxProtection.Write,
        LinuxProtection.Read | LinuxProtection.Write, LinuxProtection.Read | LinuxProtection.Write, LinuxProtection.Write,
        LinuxProtection.Read | LinuxProtection.Execute, LinuxProtection.Read | LinuxProtection.Write | LinuxProtection.Execute,
        LinuxProtection.Execute, (LinuxProtection)0x9, (LinuxProtection)0x40,
    ];

    private static readonly LinuxAdvice[] Advices =
    [
        LinuxAdvice.Normal, LinuxAdvice.Random, LinuxAdvice.Sequential, LinuxAdvice.WillNeed, LinuxAdvice.DontNeed, LinuxAdvice.DontNeed,
        LinuxAdvice.DontNeed, LinuxAdvice.Free, LinuxAdvice.Free, LinuxAdvice.Remove, LinuxAdvice.Remove, LinuxAdvice.DontFork,
        LinuxAdvice.DoFork, LinuxAdvice.WipeOnFork, LinuxAdvice.WipeOnFork, LinuxAdvice.KeepOnFork, LinuxAdvice.Cold, LinuxAdvice.PageOut,
        LinuxAdvice.PopulateRead, LinuxAdvice.PopulateWrite, LinuxAdvice.PopulateWrite, LinuxAdvice.DontNeedLocked, LinuxAdvice.GuardInstall,
        LinuxAdvice.GuardInstall, LinuxAdvice.GuardInstall, LinuxAdvice.GuardRemove, LinuxAdvice.DontDump, LinuxAdvice.DoDump,
        LinuxAdvice.Mergeable, LinuxAdvice.Unmergeable, LinuxAdvice.HugePage, LinuxAdvice.NoHugePage, (LinuxAdvice)77,
    ];

    /// <summary>MAP_HUGETLB depends on the host's pool of huge pages, and bit 9 is nobody's.</summary>
    private const LinuxMapFlags OutOfScope = (LinuxMapFlags)0x4_0200;

    private readonly Random _random;
    private readonly FuzzPlace _place;

    /// <summary>What MADV_FREE gave up is lost to MADV_PAGEOUT as soon as the kernel likes; a case has one or the other.</summary>
    private readonly LinuxAdvice _leftOut;

    internal ArgumentGenerator(Random random, FuzzPlace place)
    {
        _random = random;
        _place = place;
        _leftOut = random.Next(2) == 0 ? LinuxAdvice.Free : LinuxAdvice.PageOut;
    }

    internal byte Value() => (byte)_random.Next(1, 256);

    internal bool Rarely(int oneIn) => _random.Next(oneIn) == 0;

    internal int Below(int limit) => _random.Next(limit);

    internal LinuxProtection Protection() => Protections[_random.Next(Protections.Length)];

    internal LinuxAdvice Advice()
    {
        LinuxAdvice advice = Advices[_random.Next(Advices.Length)];
        return advice == _leftOut ? LinuxAdvice.DontNeed : advice;
    }

    /// <summary>Linux goes on counting what MREMAP_DONTUNMAP has unlocked, which shows where little may be locked.</summary>
    internal LinuxRemapFlags RemapFlags()
    {
        LinuxRemapFlags flags = (LinuxRemapFlags)_random.Next(Rarely(20) ? 16 : 8);
        flags |= Rarely(3) ? 0 : LinuxRemapFlags.MayMove;
        return _place.LocksAreScarce ? flags & ~LinuxRemapFlags.DontUnmap : flags;
    }

    internal LinuxMapFlags MapFlags(bool isAnonymous)
    {
        LinuxMapFlags flags = Rarely(3) ? LinuxMapFlags.Shared : LinuxMapFlags.Private;
        flags |= isAnonymous ? LinuxMapFlags.Anonymous : 0;
        flags |= _random.Next(10) switch
        {
            < 6 => LinuxMapFlags.Fixed,
            < 7 => LinuxMapFlags.FixedNoReplace,
            _ => 0,
        };
        flags |= Rarely(10) ? LinuxMapFlags.NoReserve : 0;
        flags |= Rarely(12) ? LinuxMapFlags.Populate : 0;
        flags |= Rarely(30) ? LinuxMapFlags.Locked : 0;
        flags |= Rarely(40) ? LinuxMapFlags.NonBlock : 0;
        flags |= Rarely(12) ? LinuxMapFlags.GrowsDown : 0;
        flags |= Rarely(60) ? (LinuxMapFlags)(1u << _random.Next(4, 23)) & ~OutOfScope : 0;
        return Rarely(60) ? flags ^ LinuxMapFlags.Private : flags;
    }

    internal ObjectReference Object() => new(_random.Next(FuzzPlace.Objects), _random.Next(12) switch
    {
        0 => AccessRights.Read,
        1 => AccessRights.Write,
        _ => AccessRights.ReadWrite,
    });

    internal ByteAmount Address() => Rarely(40) ? AnyByteOf(PageAddress()) : PageAddress();

    internal ByteAmount AnyByte() => Rarely(3) ? AnyByteOf(PageAddress()) : PageAddress();

    internal ByteAmount ObjectOffset() => Rarely(2)
        ? new ByteAmount((ulong)_random.Next(MaxObjectBytes))
        : ByteAmount.OfPages(_random.Next(MaxObjectPages));

    internal ByteAmount MapOffset() => Rarely(40) ? new ByteAmount((ulong)_random.Next(5000)) : ByteAmount.OfPages(_random.Next(4));

    internal ByteAmount TransferLength() => new((ulong)_random.Next(9000));

    internal ByteAmount Length() => _random.Next(60) switch
    {
        0 => default,
        1 => new ByteAmount((ulong)_random.Next(1, 9000)),
        2 => new ByteAmount(ulong.MaxValue - (ulong)_random.Next(9000)),
        3 => ByteAmount.OfPages(_random.Next(1, FuzzPlace.WindowPages * 2)),
        _ => ByteAmount.OfPages(_random.Next(1, 7)),
    };

    internal ByteAmount HeapDistance() => _random.Next(8) switch
    {
        0 => default,
        1 => new ByteAmount(unchecked(0UL - (ulong)_random.Next(1, 3 * Page.SizeBytes))),
        2 => new ByteAmount((ulong)_random.Next(FuzzPlace.HeapPages * Page.SizeBytes)),
        3 => ByteAmount.OfPages(1 << 19),
        _ => ByteAmount.OfPages(_random.Next(FuzzPlace.HeapPages)),
    };

    private ByteAmount PageAddress() => _place.UsesHeap && Rarely(3)
        ? new ByteAmount(unchecked(_place.Heap.Bytes + ((ulong)_random.Next(FuzzPlace.HeapPages) << Page.Shift)))
        : ByteAmount.OfPages(_random.Next(FuzzPlace.WindowPages));

    private ByteAmount AnyByteOf(ByteAmount page) => new(page.Bytes + (ulong)_random.Next(Page.SizeBytes));
}
