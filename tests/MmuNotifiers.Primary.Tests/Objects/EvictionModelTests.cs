using CsCheck;

namespace MmuNotifiers.Primary.Tests.Objects;

public sealed class EvictionModelTests
{
    [Fact]
    public void Every_address_shows_what_it_would_if_nothing_were_ever_evicted()
    {
        Gen.Select(Gen.Enum<EvictionModel.Step>(), Gen.Int[0, 3], Gen.ULong[0, 11], Gen.ULong[0, 11], Gen.Byte[1, 255])
            .Array[1, 60]
            .Sample(
                static steps =>
                {
                    using EvictionModel model = new();
                    foreach ((EvictionModel.Step step, int mapping, ulong one, ulong other, byte value) in steps)
                    {
                        model.Do(step, mapping, one, other, value);
                        model.Check();
                    }
                },
                iter: 200);
    }
}
