using MmuNotifiers.Secondary.Registration;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Registration;

public sealed class RegistrationCacheTests : IDisposable
{
    private readonly FakePrimary _primary = new();
    private readonly RegistrationCache _cache;
    private readonly RegistrationClient _client;
    private readonly byte[] _bytes = new byte[8];

    public RegistrationCacheTests()
    {
        _cache = new RegistrationCache(_primary, new RegistrationCacheOptions { MaxRegions = 4, MaxMergedBytes = 4 * Page.SizeBytes });
        _client = _cache.AddClient();
        _primary.Map(Pages(0, 32));
    }

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_region_that_is_put_back_is_found_again_without_asking_the_primary()
    {
        _client.Put(Get(0, 4));
        int lookUps = _primary.LookUps;

        RegistrationHandle handle = Get(1, 2);

        Assert.Equal(Pages(0, 4), handle.Range);
        Assert.Equal(lookUps, _primary.LookUps);
        Assert.Equal((1, 1), (_cache.Statistics.Registrations, _cache.Statistics.RegistrationHits));
        _client.Put(handle);
    }

    [Fact]
    public void A_transfer_uses_the_translations_that_were_loaded_by_the_registration()
    {
        RegistrationHandle handle = Get(0, 3);
        int lookUps = _primary.LookUps;
        byte[] data = new byte[2 * Page.SizeBytes];
        new Random(1).NextBytes(data);
        byte[] back = new byte[data.Length];

        Assert.Equal(FaultResult.Success, _client.Write(in handle, At(0, 100), data));
        Assert.Equal(FaultResult.Success, _client.Read(in handle, At(0, 100), back));

        Assert.Equal(data, back);
        Assert.Equal(data[^1], _primary.Load<byte>(At(2, 99)));
        Assert.Equal(lookUps, _primary.LookUps);
        _client.Put(handle);
    }

    [Fact]
    public void A_page_that_changed_its_frame_is_asked_for_again_and_the_region_stays()
    {
        RegistrationHandle handle = Get(0, 4);
        _primary.Replace(Pages(1, 1));
        _primary.Store(At(1), 77L);

        Assert.Equal(FaultResult.Success, _client.Read(in handle, At(1), _bytes));

        Assert.Equal(77L, BitConverter.ToInt64(_bytes));
        Assert.False(handle.IsInvalidated);
        _client.Put(handle);
        _client.Put(Get(0, 4));
        Assert.Equal((1, 1), (_cache.Statistics.Registrations, _cache.Statistics.PagesInvalidated));
    }

    [Fact]
    public void Unmapped_memory_invalidates_its_region_and_the_next_get_registers_anew()
    {
        RegistrationHandle handle = Get(0, 4);
        _primary.Unmap(Pages(3, 1));

        Assert.True(handle.IsInvalidated);
        Assert.Equal(0, _cache.Count);
        Assert.Equal(FaultResult.NotMapped, _client.Read(in handle, At(3), _bytes));
        Assert.Equal(FaultResult.Success, _client.Read(in handle, At(0), _bytes));
        RegistrationHandle next = Get(0, 2);
        Assert.Equal(Pages(0, 2), next.Range);
        Assert.Equal(2, _cache.Statistics.Registrations);
        _client.Put(handle);
        _client.Put(next);
        Assert.Equal(FaultResult.NotMapped, _client.Get(Pages(0, 4), AccessRights.Read, out _));
    }

    [Fact]
    public void Who_has_a_region_whose_memory_was_mapped_again_sees_the_new_memory()
    {
        RegistrationHandle handle = Get(0, 1);
        _primary.Unmap(Pages(0, 1));
        _primary.Map(Pages(0, 1));
        _primary.Store(At(0), 5L);
        Assert.Equal(FaultResult.Success, _client.Read(in handle, At(0), _bytes));
        Assert.Equal(5L, BitConverter.ToInt64(_bytes));
        _client.Put(handle);
    }

    [Fact]
    public void A_region_with_users_that_was_swallowed_lives_until_the_last_one_puts_it_back()
    {
        RegistrationClient other = _cache.AddClient();
        RegistrationHandle first = Get(2, 2);
        Assert.Equal(FaultResult.Success, other.Get(Pages(2, 1), AccessRights.Read, out RegistrationHandle second));
        int subscriptions = Subscriptions;

        RegistrationHandle union = Get(3, 4);

        Assert.Equal(Pages(2, 5), union.Range);
        Assert.Equal((1, 1), (_cache.Statistics.Merges, _cache.Count));
        Assert.Equal(subscriptions + 1, Subscriptions);
        _primary.Replace(Pages(2, 1));
        _primary.Store(At(2), 9L);
        Assert.Equal(FaultResult.Success, other.Read(in second, At(2), _bytes));
        Assert.Equal(9L, BitConverter.ToInt64(_bytes));
        _client.Put(first);
        Assert.Equal(subscriptions + 1, Subscriptions);
        other.Put(second);
        Assert.Equal(subscriptions, Subscriptions);
        _client.Put(union);
    }

    [Fact]
    public void Neighbours_merge_up_to_the_limit_and_no_further()
    {
        _client.Put(Get(0, 1));
        _client.Put(Get(1, 1));
        _client.Put(Get(3, 1));
        _client.Put(Get(2, 1));
        Assert.Equal((Pages(0, 4), 1), (RangeOf(0), _cache.Count));
        _client.Put(Get(4, 1));
        Assert.Equal((Pages(0, 4), Pages(4, 1), 2), (RangeOf(0), RangeOf(4), _cache.Count));
        Assert.Equal(3, _cache.Statistics.Merges);
    }

    [Fact]
    public void The_least_recently_used_region_that_nobody_uses_makes_way()
    {
        RegistrationHandle held = Get(0, 1);
        _client.Put(Get(2, 1));
        _client.Put(Get(4, 1));
        _client.Put(Get(6, 1));
        _client.Put(Get(2, 1));
        _client.Put(Get(8, 1));

        Assert.Equal((4, 1), (_cache.Count, _cache.Statistics.Evictions));
        long registrations = _cache.Statistics.Registrations;
        _client.Put(Get(0, 1));
        _client.Put(Get(2, 1));
        _client.Put(Get(6, 1));
        Assert.Equal(registrations, _cache.Statistics.Registrations);
        _client.Put(Get(4, 1));
        Assert.Equal(registrations + 1, _cache.Statistics.Registrations);
        _client.Put(held);
    }

    [Fact]
    public void Regions_in_use_may_exceed_the_limit_until_they_are_put_back()
    {
        RegistrationHandle[] held = [.. Enumerable.Range(0, 6).Select(i => Get(i * 2, 1))];
        Assert.Equal((6, 0), (_cache.Count, _cache.Statistics.Evictions));
        Array.ForEach(held, handle => _client.Put(handle));
        _client.Put(Get(20, 1));
        Assert.Equal((4, 3), (_cache.Count, _cache.Statistics.Evictions));
        Assert.Equal(4, Subscriptions);
    }

    [Fact]
    public void The_limit_in_bytes_holds_too()
    {
        using RegistrationCache cache = new(
            _primary, new RegistrationCacheOptions { MaxBytes = 4 * Page.SizeBytes, MaxMergedBytes = 0 });
        RegistrationClient client = cache.AddClient();
        foreach (int first in (int[])[0, 4, 8])
        {
            Assert.Equal(FaultResult.Success, client.Get(Pages(first, 2), AccessRights.Read, out RegistrationHandle handle));
            client.Put(handle);
        }

        Assert.Equal((2, 1), (cache.Count, cache.Statistics.Evictions));
    }

    [Fact]
    public void A_region_for_loads_becomes_one_for_stores_when_a_store_is_asked_for()
    {
        Assert.Equal(FaultResult.Success, _client.Get(Pages(0, 2), AccessRights.Read, out RegistrationHandle loads));
        Assert.Equal(FaultResult.AccessDenied, _client.Write(in loads, At(0), _bytes));
        Assert.Equal(FaultResult.Success, _client.Get(Pages(0, 2), AccessRights.Write, out RegistrationHandle stores));
        Assert.Equal(FaultResult.Success, _client.Write(in stores, At(0), _bytes));
        Assert.Equal((1, 1), (_cache.Count, _cache.Statistics.Registrations));
        _client.Put(loads);
        _client.Put(stores);
    }

    [Fact]
    public void Memory_that_may_not_be_written_is_not_registered_for_stores()
    {
        _primary.Protect(Pages(0, 2), AccessRights.Read);
        Assert.Equal(FaultResult.AccessDenied, _client.Get(Pages(0, 2), AccessRights.Write, out _));
        Assert.Equal(FaultResult.Success, _client.Get(Pages(0, 2), AccessRights.Read, out RegistrationHandle handle));
        Assert.Equal(FaultResult.AccessDenied, _client.Get(Pages(0, 2), AccessRights.Write, out _));
        _client.Put(handle);
    }

    [Fact]
    public void A_registration_that_fails_leaves_nothing_behind()
    {
        Assert.Equal(FaultResult.NotMapped, _client.Get(Pages(30, 4), AccessRights.Read, out _));
        Assert.Equal((0, 0), (_cache.Count, Subscriptions));
    }

    [Fact]
    public void A_device_reads_up_to_the_page_that_fails()
    {
        _primary.Store(At(31, 4088), 6L);
        byte[] bytes = new byte[16];
        Assert.Equal(FaultResult.NotMapped, ((ISecondaryDevice)_client).Read(At(31, 4088), bytes));
        Assert.Equal(6L, BitConverter.ToInt64(bytes));
    }

    [Fact]
    public void Brackets_elsewhere_are_not_told_to_intervals()
    {
        _client.Put(Get(0, 1));
        _primary.Replace(Pages(10, 1));
        Assert.Equal(0, _cache.Statistics.Callbacks);
        _primary.Replace(Pages(0, 1));
        Assert.Equal((1, 0), (_cache.Statistics.Callbacks, _cache.Statistics.LookUps));
    }

    [Fact]
    public void On_the_address_space_each_bracket_is_told_and_searched_for()
    {
        using RegistrationCache cache = new(_primary, new RegistrationCacheOptions { Attachment = RegistrationAttachment.AddressSpace });
        RegistrationClient client = cache.AddClient();
        Assert.Equal(FaultResult.Success, client.Get(Pages(0, 1), AccessRights.Read, out RegistrationHandle handle));
        client.Put(handle);
        _primary.Replace(Pages(10, 1));
        _primary.Replace(Pages(0, 1));
        Assert.Equal((2, 1, 2), (cache.Statistics.Callbacks, cache.Statistics.UselessCallbacks, cache.Statistics.LookUps));
    }

    [Theory]
    [InlineData(RegistrationAttachment.Interval)]
    [InlineData(RegistrationAttachment.AddressSpace)]
    public void After_release_every_access_is_refused(RegistrationAttachment attachment)
    {
        using RegistrationCache cache = new(_primary, new RegistrationCacheOptions { Attachment = attachment });
        RegistrationClient client = cache.AddClient();
        using RegistrationCache idle = new(_primary, new RegistrationCacheOptions { Attachment = attachment });
        Assert.Equal(FaultResult.Success, client.Get(Pages(0, 1), AccessRights.Read, out RegistrationHandle handle));
        _primary.Subscriptions.Release();
        Assert.Equal(FaultResult.NotMapped, client.Read(in handle, At(0), _bytes));
        Assert.True(handle.IsInvalidated);
        Assert.Equal(FaultResult.NotMapped, client.Get(Pages(0, 1), AccessRights.Read, out _));
        Assert.Equal(FaultResult.NotMapped, idle.AddClient().Get(Pages(0, 1), AccessRights.Read, out _));
        client.Put(handle);
    }

    [Fact]
    public void A_bracket_between_look_up_and_install_makes_the_registration_start_over()
    {
        int lookUps = 0;
        _primary.LookedUp = _ =>
        {
            if (lookUps++ == 0)
            {
                _primary.Replace(Pages(0, 1));
                _primary.Store(At(0), 99L);
            }
        };
        RegistrationHandle handle = Get(0, 1);
        _primary.LookedUp = null;
        Assert.Equal(FaultResult.Success, _client.Read(in handle, At(0), _bytes));
        Assert.Equal(99L, BitConverter.ToInt64(_bytes));
        Assert.Equal(1, _cache.Statistics.Retries);
        _client.Put(handle);
    }

    [Fact]
    public void Memory_that_goes_while_it_is_registered_is_not_registered()
    {
        _primary.LookedUp = range =>
        {
            _primary.LookedUp = null;
            _primary.Unmap(range);
        };
        Assert.Equal(FaultResult.NotMapped, _client.Get(Pages(0, 1), AccessRights.Read, out _));
        Assert.Equal((0, 0), (_cache.Count, Subscriptions));
    }

    [Fact]
    public void What_cannot_be_a_region_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _client.Get(new AddressRange(At(0), At(0)), AccessRights.Read, out _));
        Assert.Throws<ArgumentException>(() => _client.Get(new AddressRange(At(0), At(1 << 25)), AccessRights.Read, out _));
        RegistrationHandle handle = Get(0, 2);
        Assert.Throws<ArgumentException>(() => _client.Read(in handle, At(1, 4089), _bytes));
        Assert.Throws<ArgumentException>(() => _client.Write(in handle, At(5), _bytes));
        _client.Put(handle);
        _client.Put(Get(0, 1));
        Assert.Throws<ArgumentException>(() => _client.Get(new AddressRange(At(0), At(0)), AccessRights.Read, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RegistrationCache(_primary, new RegistrationCacheOptions { MaxRegions = 0 }));
    }

    [Theory]
    [InlineData(RegistrationAttachment.Interval)]
    [InlineData(RegistrationAttachment.AddressSpace)]
    public void Get_put_transfer_and_invalidation_allocate_nothing(RegistrationAttachment attachment)
    {
        using RegistrationCache cache = new(_primary, new RegistrationCacheOptions { Attachment = attachment });
        RegistrationClient client = cache.AddClient();
        long Round()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int page = 0; page < 8; page++)
            {
                client.Get(Pages(page, 8 - page), AccessRights.ReadWrite, out RegistrationHandle handle);
                client.Write(in handle, At(page), _bytes);
                client.Read(in handle, At(page), _bytes);
                client.Put(in handle);
            }

            using (_primary.Subscriptions.Invalidate(new InvalidationRange(Pages(0, 8), InvalidationEvent.Clear)))
            {
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();
        Round();
        Assert.Equal(0, Round());
        Assert.Equal(24, cache.Statistics.PagesInvalidated);
    }

    private int Subscriptions => _cache.WatchedCount;

    private RegistrationHandle Get(int first, int count)
    {
        Assert.Equal(FaultResult.Success, _client.Get(Pages(first, count), AccessRights.Write, out RegistrationHandle handle));
        return handle;
    }

    private AddressRange RangeOf(int page)
    {
        RegistrationHandle handle = Get(page, 1);
        _client.Put(handle);
        return handle.Range;
    }
}
