using MmuNotifiers.Secondary.Registration;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Registration;

/// <summary>What reclaim hears of a registration cache: the pages that transfers used, and no others.</summary>
public abstract class RegistrationAgeingTests : IDisposable
{
    private readonly FakePrimary _primary = new();
    private readonly RegistrationCache _cache;
    private readonly RegistrationClient _client;
    private readonly byte[] _bytes = new byte[8];

    protected RegistrationAgeingTests(RegistrationAttachment attachment)
    {
        _cache = new RegistrationCache(_primary, new RegistrationCacheOptions { MaxRegions = 4, MaxMergedBytes = 0, Attachment = attachment });
        _client = _cache.AddClient();
        _primary.Map(Pages(0, 128));
    }

    public void Dispose()
    {
        _cache.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_page_that_a_transfer_used_is_young_once()
    {
        RegistrationHandle handle = Get(0, 4);
        Read(in handle, 1);
        Write(in handle, 2);

        Assert.Equal([1, 2], Young(Pages(0, 8)));
        Assert.Empty(Young(Pages(0, 8)));
        Read(in handle, 2);
        Assert.Equal([2], Young(Pages(0, 8)));
        _client.Put(in handle);
    }

    [Fact]
    public void A_region_that_is_only_held_was_not_used()
    {
        RegistrationHandle handle = Get(0, 4);
        _client.Put(in handle);
        RegistrationHandle again = Get(0, 4);

        Assert.Empty(Young(Pages(0, 4)));
        Assert.False(_primary.Subscriptions.ClearYoung(Pages(0, 4)));
        _client.Put(in again);
    }

    [Fact]
    public void A_transfer_over_several_pages_uses_each_of_them()
    {
        RegistrationHandle handle = Get(3, 4);
        Assert.Equal(FaultResult.Success, _client.Read(in handle, At(4, 4000), new byte[Page.SizeBytes + 200]));

        Assert.Equal([4, 5, 6], Young(Pages(0, 8)));
        _client.Put(in handle);
    }

    [Fact]
    public void Testing_changes_nothing_and_asking_about_a_range_clears_it()
    {
        RegistrationHandle handle = Get(0, 4);
        Read(in handle, 3);

        Assert.True(_primary.Subscriptions.TestYoung(At(3)));
        Assert.True(_primary.Subscriptions.TestYoung(At(3)));
        Assert.False(_primary.Subscriptions.TestYoung(At(2)));
        Assert.True(_primary.Subscriptions.ClearYoung(Pages(0, 8)));
        Assert.False(_primary.Subscriptions.TestYoung(At(3)));
        Read(in handle, 3);
        Assert.True(_primary.Subscriptions.ClearFlushYoung(Pages(3, 1)));
        Assert.False(_primary.Subscriptions.ClearFlushYoung(Pages(3, 1)));
        _client.Put(in handle);
    }

    [Fact]
    public void Pages_that_are_not_asked_about_keep_their_answer()
    {
        RegistrationHandle handle = Get(60, 8);
        Read(in handle, 62);
        Read(in handle, 65);
        ulong[] asked = [1UL << 62, 0];
        ulong[] young = new ulong[2];

        _primary.Subscriptions.ClearYoung(new AgeQuery(Pages(0, 128), asked, young));

        Assert.Equal([1UL << 62, 0], young);
        Assert.Equal([65], Young(Pages(0, 128)));
        _client.Put(in handle);
    }

    [Fact]
    public void Asking_takes_no_translation_away()
    {
        RegistrationHandle handle = Get(0, 4);
        Read(in handle, 1);
        int lookUps = _primary.LookUps;

        Assert.True(_primary.Subscriptions.ClearFlushYoung(Pages(0, 4)));
        Read(in handle, 1);

        Assert.Equal(lookUps, _primary.LookUps);
        Assert.Equal([1], Young(Pages(0, 4)));
        _client.Put(in handle);
    }

    [Fact]
    public void A_use_outlives_the_translation()
    {
        RegistrationHandle handle = Get(0, 4);
        Read(in handle, 1);
        _primary.Replace(Pages(0, 4));

        Assert.Equal([1], Young(Pages(0, 4)));
        _client.Put(in handle);
    }

    [Fact]
    public void A_region_takes_over_the_uses_of_those_that_it_swallows()
    {
        RegistrationHandle first = Get(0, 4);
        Read(in first, 1);
        _client.Put(in first);
        RegistrationHandle both = Get(2, 6);

        Assert.Equal(Pages(0, 8), both.Range);
        Assert.Equal([1], Young(Pages(0, 8)));
        Assert.Empty(Young(Pages(0, 8)));
        _client.Put(in both);
    }

    [Fact]
    public void Who_still_has_a_region_that_was_swallowed_is_asked_as_well()
    {
        RegistrationHandle first = Get(0, 4);
        RegistrationHandle both = Get(2, 6);
        Read(in first, 1);

        Assert.Equal([1], Young(Pages(0, 8)));
        _client.Put(in first);
        _client.Put(in both);
    }

    private RegistrationHandle Get(int first, int count)
    {
        Assert.Equal(FaultResult.Success, _client.Get(Pages(first, count), AccessRights.ReadWrite, out RegistrationHandle handle));
        return handle;
    }

    private void Read(in RegistrationHandle handle, int page) => Assert.Equal(FaultResult.Success, _client.Read(in handle, At(page), _bytes));

    private void Write(in RegistrationHandle handle, int page) => Assert.Equal(FaultResult.Success, _client.Write(in handle, At(page), _bytes));

    /// <summary>The pages of a range that were used, all asked about at once.</summary>
    private List<int> Young(AddressRange range)
    {
        ulong[] asked = [ulong.MaxValue, ulong.MaxValue];
        ulong[] young = new ulong[2];
        _primary.Subscriptions.ClearYoung(new AgeQuery(range, asked, young));
        int first = (int)((range.Start - Base) >> Page.Shift);
        return [.. Enumerable.Range(0, (int)range.Pages).Where(page => (young[page / 64] >> (page % 64) & 1) != 0).Select(page => first + page)];
    }

    public sealed class ByRegions() : RegistrationAgeingTests(RegistrationAttachment.Interval);

    public sealed class OfTheAddressSpace() : RegistrationAgeingTests(RegistrationAttachment.AddressSpace);
}
