using CsCheck;
using MmuNotifiers.Secondary.Registration;
using static MmuNotifiers.Secondary.Tests.Addresses;

namespace MmuNotifiers.Secondary.Tests.Registration;

/// <summary>Random gets, puts and changes of memory against a cache that is a list.</summary>
public sealed class RegistrationModelTests
{
    private const int Window = 16;
    private const int Clients = 2;
    private const int MaxRegions = 3;
    private const int MaxPages = 8;
    private const int MaxMergedPages = 4;

    private static readonly Gen<(int Kind, int First, int Count, int Value)[]> Runs =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, Window - 1], Gen.Int[1, 4], Gen.Int[0, 99]).Array[1, 80];

    [Theory]
    [InlineData(RegistrationAttachment.Interval)]
    [InlineData(RegistrationAttachment.AddressSpace)]
    public void The_cache_does_what_a_list_of_regions_does(RegistrationAttachment attachment) =>
        Runs.Sample(
            run =>
            {
                FakePrimary primary = new(64);
                using RegistrationCache cache = new(primary, new RegistrationCacheOptions
                {
                    MaxRegions = MaxRegions,
                    MaxBytes = MaxPages * Page.SizeBytes,
                    MaxMergedBytes = MaxMergedPages * Page.SizeBytes,
                    Attachment = attachment,
                });
                Scene scene = new(primary, cache, [.. Enumerable.Range(0, Clients).Select(_ => cache.AddClient())]);
                foreach ((int kind, int first, int count, int value) in run)
                {
                    scene.Perform(kind, first, Math.Min(count, Window - first), value);
                }

                scene.PutAll();
            },
            iter: 1000);

    private sealed class Scene(FakePrimary primary, RegistrationCache cache, RegistrationClient[] clients)
    {
        private readonly RegistrationModel _model = new(MaxRegions, MaxPages, MaxMergedPages);
        private readonly List<(RegistrationClient Client, RegistrationHandle Handle, ModelRegion Region)> _held = [];
        private readonly AccessRights[] _mapped = new AccessRights[Window];

        internal void Perform(int kind, int first, int count, int value)
        {
            switch (kind)
            {
                case 0 or 1:
                    Map(first, count, value % 4 == 0 ? AccessRights.Read : AccessRights.ReadWrite);
                    break;
                case 2:
                    primary.Unmap(Pages(first, count));
                    Array.Fill(_mapped, AccessRights.None, first, count);
                    _model.Unmap(first, count);
                    break;
                case 3:
                    primary.Replace(Pages(first, count));
                    break;
                case 4 or 5 when _held.Count > 0:
                    Put(value % _held.Count);
                    break;
                default:
                    Get(clients[value % Clients], first, count, value % 3 == 0 ? AccessRights.ReadWrite : AccessRights.Read, keep: kind > 7);
                    break;
            }

            Assert.Equal(
                (_model.Listed, _model.Registrations, _model.Hits, _model.Merges, _model.Evictions),
                (cache.Count, cache.Statistics.Registrations, cache.Statistics.RegistrationHits, cache.Statistics.Merges, cache.Statistics.Evictions));
            Assert.All(_held, held => Assert.Equal(held.Region.IsInvalidated, held.Handle.IsInvalidated));
            Assert.All(_held, held => CompareContents(held.Client, held.Handle));
        }

        internal void PutAll()
        {
            while (_held.Count > 0)
            {
                Put(_held.Count - 1);
            }

            // What is retired and has no user goes with the next registration at the latest.
            Map(0, 1, AccessRights.ReadWrite);
            primary.Unmap(Pages(0, 1));
            primary.Map(Pages(0, 1));
            Assert.Equal(FaultResult.Success, clients[0].Get(Pages(0, 1), AccessRights.Read, out RegistrationHandle handle));
            clients[0].Put(handle);
            Assert.Equal(cache.Count, cache.WatchedCount);
        }

        private void Map(int first, int count, AccessRights rights)
        {
            for (int page = first; page < first + count; page++)
            {
                if (_mapped[page] == AccessRights.None)
                {
                    _mapped[page] = rights;
                    primary.Map(Pages(page, 1), rights);
                    primary.Store(At(page), page);
                }
            }
        }

        private void Get(RegistrationClient client, int first, int count, AccessRights rights, bool keep)
        {
            FaultResult expected = Array.TrueForAll(_mapped[first..(first + count)], page => page != AccessRights.None)
                ? Array.TrueForAll(_mapped[first..(first + count)], page => (page & rights) == rights) ? FaultResult.Success : FaultResult.AccessDenied
                : FaultResult.NotMapped;
            ModelRegion? region = _model.Get(first, count, rights, expected == FaultResult.Success);
            FaultResult result = client.Get(Pages(first, count), rights, out RegistrationHandle handle);
            if (region is null)
            {
                Assert.NotEqual(FaultResult.Success, result);
                return;
            }

            Assert.Equal(FaultResult.Success, result);
            Assert.Equal(Pages(region.First, region.Count), handle.Range);
            _held.Add((client, handle, region));
            if (!keep)
            {
                Put(_held.Count - 1);
            }
        }

        private void Put(int index)
        {
            (RegistrationClient client, RegistrationHandle handle, ModelRegion region) = _held[index];
            _held.RemoveAt(index);
            client.Put(handle);
            region.Users--;
        }

        /// <summary>Through whatever handle: the bytes that the process sees, or a refusal where it has none.</summary>
        private void CompareContents(RegistrationClient client, RegistrationHandle handle)
        {
            byte[] bytes = new byte[8];
            for (VirtualAddress page = handle.Range.Start; page < handle.Range.End; page += Page.SizeBytes)
            {
                bool isMapped = _mapped[(int)(page.PageNumber - At(0).PageNumber)] != AccessRights.None;
                Assert.Equal(isMapped ? FaultResult.Success : FaultResult.NotMapped, client.Read(in handle, page, bytes));
                Assert.True(!isMapped || BitConverter.ToInt64(bytes) == primary.Load<long>(page));
            }
        }
    }
}
