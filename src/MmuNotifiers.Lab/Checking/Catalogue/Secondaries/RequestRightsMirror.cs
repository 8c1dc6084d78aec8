namespace MmuNotifiers.Lab.Checking.Catalogue.Secondaries;

/// <summary>Gives its device the rights of its own request, which is always for reading and writing, whatever the pte says (B27).</summary>
internal sealed class RequestRightsMirror(IPrimaryMmu primary) : PageMirror(primary, new CountAndSequence())
{
    protected override MirrorEntry EntryFor(Translation translation, AccessRights access) => new(translation.Frame, AccessRights.ReadWrite);
}
