namespace MmuNotifiers.Primary.Tests.Core;

/// <summary>Keeps what it is told, and asks a question at each start and end.</summary>
internal sealed class RecordingNotifier : IMmuNotifier, IUpdateNotifier
{
    private readonly List<string> _calls = [];

    internal IReadOnlyList<string> Calls => _calls;

    internal Action<InvalidationRange>? OnStart { get; set; }

    internal Action<InvalidationRange>? OnEnd { get; set; }

    public bool InvalidateRangeStart(in InvalidationRange range)
    {
        _calls.Add($"start {range}");
        OnStart?.Invoke(range);
        return true;
    }

    public void InvalidateRangeEnd(in InvalidationRange range)
    {
        _calls.Add($"end {range}");
        OnEnd?.Invoke(range);
    }

    public void Release() => _calls.Add("release");

    public void UpdateRange(AddressRange range, AccessRights rights) => _calls.Add($"update {range} {rights}");

    public void ChangeProtection(AddressRange range, AccessRights rights) => _calls.Add($"protection {range} {rights}");

    internal void Clear() => _calls.Clear();
}
