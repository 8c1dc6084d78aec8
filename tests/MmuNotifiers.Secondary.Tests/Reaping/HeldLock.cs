using System.Runtime.CompilerServices;
using MmuNotifiers.Secondary.Kvm;
using MmuNotifiers.Secondary.Rdma;
using MmuNotifiers.Secondary.Registration;
using MmuNotifiers.Synchronization;

namespace MmuNotifiers.Secondary.Tests.Reaping;

/// <summary>The lock of a secondary, in the hands of another thread until this is disposed.</summary>
internal sealed class HeldLock : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly Thread _holder;

    internal HeldLock(SharedLock held)
    {
        using ManualResetEventSlim isHeld = new();
        _holder = new Thread(() =>
        {
            using SharedLock.Scope scope = held.EnterScope();
            isHeld.Set();
            _release.Wait();
        });
        _holder.Start();
        isHeld.Wait(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _release.Set();
        _holder.Join();
        _release.Dispose();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    internal static extern ref SharedLock Of(TlbDomain domain);

    internal static ref SharedLock Of(IdentityGuest guest) => ref Of(MmuOf(guest));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    internal static extern ref SharedLock Of(NetworkCard card);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    internal static extern ref SharedLock Of(RegistrationCache cache);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_mmuLock")]
    private static extern ref SharedLock Of(ShadowMmu mmu);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_mmu")]
    private static extern ref ShadowMmu MmuOf(IdentityGuest guest);
}
