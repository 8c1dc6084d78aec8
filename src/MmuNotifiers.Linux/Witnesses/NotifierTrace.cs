using System.Globalization;

namespace MmuNotifiers.Linux.Witnesses;

/// <summary>
/// What the kernel tells its own secondary MMU (KVM) of changes to memory: the tracepoints of its MMU notifier, recorded by an instance of tracefs of
/// one's own. Events come once for each virtual machine that the process has. All members are safe to call from any thread.
/// </summary>
/// <remarks>
/// The kernel reports ranges before it intersects them with memory slots, so that a process sees every notifier call of its own, whether the guest has
/// the memory or not. See docs/linux-witnesses.md for what each operation leads to.
/// </remarks>
public sealed class NotifierTrace : IDisposable
{
    private static readonly string[] RangeEvents = ["kvm/kvm_unmap_hva_range", "kvm/kvm_age_hva"];
    private const string TestAge = "kvm/kvm_test_age_hva";
    private const string Load = "kvmmmu/kvm_mmu_set_spte";

    private readonly TraceInstance _instance;

    private NotifierTrace(TraceInstance instance) => _instance = instance;

    /// <summary>Begins to record.</summary>
    /// <exception cref="PlatformNotSupportedException">The host lacks what <see cref="HostCapabilities.NotifierTrace"/> says.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static NotifierTrace Start(NotifierTraceOptions? options = null)
    {
        options ??= new NotifierTraceOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BufferKibibytes, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BufferKibibytes, 1 << 20);
        TraceInstance instance = TraceInstance.Create();
        try
        {
            instance.Write("trace_clock", "mono");
            instance.Write("buffer_size_kb", options.BufferKibibytes.ToString(CultureInfo.InvariantCulture));
            foreach (string name in RangeEvents)
            {
                Enable(instance, name, options.Window is { } window ? Text($"start < 0x{window.End.Value:x} && end > 0x{window.Start.Value:x}") : null, options);
            }

            Enable(instance, TestAge, options.Window is { } pages ? Text($"hva >= 0x{pages.Start.Value:x} && hva < 0x{pages.End.Value:x}") : null, options);
            if (options.IncludesLoads)
            {
                Enable(instance, Load, null, options);
            }

            return new NotifierTrace(instance);
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    /// <summary>Writes a mark among the events, in the order of time: what was marked before an operation stands before the events of the operation.</summary>
    /// <param name="text">One line, at most a kilobyte.</param>
    public void Mark(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, 1024, nameof(text));
        if (text.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("A mark is one line.", nameof(text));
        }

        _instance.Write("trace_marker", text);
    }

    /// <summary>All events since the start or the last <see cref="Clear"/>, in the order of time. They stay.</summary>
    /// <exception cref="InvalidOperationException">Events were lost, because the buffer was too small.</exception>
    public IReadOnlyList<NotifierEvent> Read()
    {
        List<NotifierEvent> events = [];
        foreach (ReadOnlySpan<char> line in _instance.Read("trace").AsSpan().EnumerateLines())
        {
            if (NotifierEventParser.TryParse(line, out NotifierEvent parsed))
            {
                events.Add(parsed);
            }
            else if (!line.StartsWith("#") && line.Contains("LOST", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"Events were lost ({line.Trim()}): {nameof(NotifierTraceOptions.BufferKibibytes)} is too small.");
            }
        }

        return LostEvents == 0 ? events : throw new InvalidOperationException($"{LostEvents} events were lost: {nameof(NotifierTraceOptions.BufferKibibytes)} is too small.");
    }

    /// <summary>How many events were overwritten since the last <see cref="Clear"/>.</summary>
    public long LostEvents => Directory.GetDirectories(Path.Combine(_instance.Folder, "per_cpu")).Sum(processor =>
        _instance.Read(Path.Combine("per_cpu", Path.GetFileName(processor), "stats")).Split('\n')
            .Where(line => line.StartsWith("overrun:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.AsSpan("overrun:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)));

    /// <summary>Forgets what was recorded.</summary>
    public void Clear() => _instance.Clear();

    /// <summary>Ends recording and removes the instance.</summary>
    public void Dispose() => _instance.Dispose();

    private static void Enable(TraceInstance instance, string name, string? filter, NotifierTraceOptions options)
    {
        string? thread = options.ThreadId is { } id ? Text($"common_pid == {id}") : null;
        string condition = string.Join(" && ", new[] { filter, thread }.OfType<string>());
        if (condition.Length > 0)
        {
            instance.Write($"events/{name}/filter", condition);
        }

        instance.Write($"events/{name}/enable", "1");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
