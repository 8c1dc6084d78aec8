using System.Runtime.InteropServices;
using MmuNotifiers.Lab.Checking;
using MmuNotifiers.Lab.Checking.Scheduling;
using MmuNotifiers.Primary;
using MmuNotifiers.Secondary;
using MmuNotifiers.Secondary.Kvm;

namespace MmuNotifiers.Checking.Tests.Standing;

/// <summary>
/// A virtual CPU stores to a page, through a translation that it has, while the 2 MiB around it become a huge page. What it stores must be
/// what everybody reads then.
/// </summary>
internal sealed class CollapseExecution : Execution
{
    /// <summary>Enough for the small pages and a block of 512 beside them.</summary>
    internal const int Frames = 3 * HugePages;

    private const int HugePages = 512;
    private const ulong Before = 0x1111;
    private const ulong Stored = 0x2222;

    private static readonly VirtualAddress Start = VirtualAddress.OfPage(2 * HugePages);

    private readonly MemoryPool _pool;
    private readonly PhysicalMemory _memory;
    private readonly AddressSpace _space;
    private readonly IdentityGuest _guest;
    private readonly ISecondaryDevice _cpu;
    private bool _hasEnded;

    internal CollapseExecution(MemoryPool pool)
    {
        _pool = pool;
        _memory = pool.Rent();
        _space = new AddressSpace(_memory);
        _space.Map(new MapRequest(HugePages * Page.SizeBytes, AccessRights.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) { Address = Start });
        _guest = new IdentityGuest(_space);
        _cpu = _guest.AddDevice();
        Store(Before);
    }

    internal override int ThreadCount => 2;

    internal override void Run(int thread)
    {
        if (thread == 0)
        {
            Store(Stored);
        }
        else
        {
            Assert.Equal(Errno.None, _space.Advise(Start, HugePages * Page.SizeBytes, Advice.Collapse));
        }
    }

    internal override void AllFinished()
    {
        ulong read = 0;
        Assert.True(_space.Read(Start, MemoryMarshal.AsBytes(new Span<ulong>(ref read))).Succeeded);
        Assert.Equal(Stored, read);
        Assert.Equal(FaultResult.Success, _cpu.Read(Start, MemoryMarshal.AsBytes(new Span<ulong>(ref read))));
        Assert.Equal(Stored, read);
        _hasEnded = true;
    }

    public override void Dispose()
    {
        if (_hasEnded)
        {
            _guest.Dispose();
            _space.Dispose();
            _pool.Return(_memory);
        }
        else
        {
            _memory.Dispose();
        }
    }

    private void Store(ulong word) =>
        Assert.Equal(FaultResult.Success, _cpu.Write(Start, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word))));
}
