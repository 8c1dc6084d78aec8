namespace MmuNotifiers.Primary.Tests.Attachments;

/// <summary>Writes down every operation with its area.</summary>
internal sealed class RecordingDriver : IIoprocNotifier
{
    private readonly List<string> _calls = [];

    public void Release() => _calls.Add("Release");

    public void InvalidateRange(IMappedArea area, AddressRange range) => _calls.Add($"InvalidateRange {range} in {area.Range} {area.Rights}");

    public void InvalidatePage(IMappedArea area, VirtualAddress address) => _calls.Add($"InvalidatePage {address} in {area.Range} {area.Rights}");

    public void ChangeProtection(IMappedArea area, AddressRange range, AccessRights rights) =>
        _calls.Add($"ChangeProtection {range} in {area.Range} {area.Rights} to {rights}");

    public void SyncRange(IMappedArea area, AddressRange range) => _calls.Add($"SyncRange {range} in {area.Range} {area.Rights}");

    public void SyncPage(IMappedArea area, VirtualAddress address) => _calls.Add($"SyncPage {address} in {area.Range} {area.Rights}");

    public void UpdateRange(IMappedArea area, AddressRange range) => _calls.Add($"UpdateRange {range} in {area.Range} {area.Rights}");

    public void UpdatePage(IMappedArea area, VirtualAddress address) => _calls.Add($"UpdatePage {address} in {area.Range} {area.Rights}");

    public void ResumeLoads(IMappedArea area, AddressRange range) => _calls.Add($"ResumeLoads {range}");

    /// <summary>The operations since the last call.</summary>
    internal string[] Take()
    {
        string[] calls = [.. _calls];
        _calls.Clear();
        return calls;
    }
}
