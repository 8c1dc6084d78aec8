using MmuNotifiers.Secondary;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>
/// A mirror whose device cannot fault: an access waits until the mirror was told that the translation was loaded, or that it may do more by now.
/// It lives on the update calls of Quadrics' IOPROC.
/// </summary>
internal sealed class FaultlessDevice(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence()), IUpdateNotifier
{
    private readonly SharedMonitor _updates = new();

    /// <summary>How many updates there were. Guarded by the monitor.</summary>
    private int _count;

    public void UpdateRange(AddressRange range, AccessRights rights) => Announce();

    public void ChangeProtection(AddressRange range, AccessRights rights) => Announce();

    /// <summary>Waits until something was loaded, and looks it up.</summary>
    public override FaultResult Fault(VirtualAddress address, AccessRights access)
    {
        int seen = 0;
        while (true)
        {
            _updates.Enter();
            while (Shared.Read(in _count, this) == seen)
            {
                _updates.Wait();
            }

            seen = Shared.Read(in _count, this);
            _updates.Exit();
            if (base.Fault(address, access) == FaultResult.Success)
            {
                return FaultResult.Success;
            }
        }
    }

    private void Announce()
    {
        _updates.Enter();
        Shared.Write(ref _count, Shared.Read(in _count, this) + 1, this);
        _updates.WakeAll();
        _updates.Exit();
    }
}
