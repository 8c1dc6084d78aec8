using System.Globalization;
using System.Security.Cryptography;

namespace MmuNotifiers.Swap.Redis.Keys;

/// <summary>
/// Who pages belong to: one store of one process. It says its own lease, so that whoever finds only its pages knows how long to wait for a sign of life.
/// </summary>
/// <param name="Number">A random number.</param>
/// <param name="LeaseMilliseconds">How long its lease runs when it is renewed.</param>
internal readonly record struct OwnerId(ulong Number, long LeaseMilliseconds)
{
    /// <summary>How often the lease is renewed: three times in its length.</summary>
    public TimeSpan RenewalInterval => TimeSpan.FromMilliseconds(LeaseMilliseconds / 3.0);

    public static OwnerId New(TimeSpan lease) =>
        new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), (long)lease.TotalMilliseconds);

    public static bool TryParse(ReadOnlySpan<char> text, out OwnerId owner)
    {
        owner = default;
        if (text.Length < 18 || text[16] != '.'
            || !ulong.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number)
            || !long.TryParse(text[17..], NumberStyles.None, CultureInfo.InvariantCulture, out long lease)
            || lease <= 0)
        {
            return false;
        }

        owner = new OwnerId(number, lease);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:x16}.{LeaseMilliseconds}");
}
