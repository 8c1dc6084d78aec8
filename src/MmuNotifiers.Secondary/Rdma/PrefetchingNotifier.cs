namespace MmuNotifiers.Secondary.Rdma;

/// <summary>As <see cref="CardNotifier"/>, for a card that wants to be told of loaded translations.</summary>
internal sealed class PrefetchingNotifier(CardContext context) : CardNotifier(context), IUpdateNotifier
{
    private readonly CardContext _context = context;

    /// <inheritdoc/>
    public void UpdateRange(AddressRange range, AccessRights rights) => _context.Prefetch(range);

    /// <inheritdoc/>
    public void ChangeProtection(AddressRange range, AccessRights rights) => _context.ChangeProtection(range, rights);
}
