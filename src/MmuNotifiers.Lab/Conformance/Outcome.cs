using System.Globalization;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>What an operation ended with.</summary>
internal sealed record Outcome
{
    /// <summary>A call that succeeded with zero.</summary>
    internal static Outcome Done { get; } = new() { Ret = 0 };

    /// <summary>The result of a call that succeeded.</summary>
    public ulong? Ret { get; init; }

    /// <summary>What <see cref="Ret"/> counts.</summary>
    public OutcomeUnit Unit { get; init; }

    /// <summary>The errno's name of a call that was refused.</summary>
    public string? Errno { get; init; }

    /// <summary>The signal of an access that faulted.</summary>
    public string? Fault { get; init; }

    /// <summary>The first address at which the access faulted, relative to the window.</summary>
    public ByteAmount? FaultAt { get; init; }

    /// <summary>The byte that was read.</summary>
    public byte? Value { get; init; }

    /// <summary>Which pages are resident: a digit for each.</summary>
    public string? Resident { get; init; }

    /// <summary>The areas of the window.</summary>
    public IReadOnlyList<string>? Layout { get; init; }

    /// <summary>What two ways of doing the same thing disagreed on; such an outcome is never right.</summary>
    public string? Disagreement { get; init; }

    /// <summary>A call that returned a number.</summary>
    internal static Outcome Returned(ulong number) => new() { Ret = number };

    /// <summary>A call that returned an address or a distance, relative to where the case counts from.</summary>
    internal static Outcome At(ulong distance) => new() { Ret = distance, Unit = OutcomeUnit.Distance };

    /// <summary>A call that was refused, or succeeded with zero.</summary>
    internal static Outcome Of(Errno error) => error == Primary.Errno.None ? Done : new Outcome { Errno = error.ToString() };

    /// <summary>An access that faulted at an address relative to the window, or succeeded.</summary>
    internal static Outcome Of(FaultResult result, ulong faultAt) =>
        result == FaultResult.Success ? Done : new Outcome { Fault = FaultName(result), FaultAt = new ByteAmount(faultAt) };

    /// <summary>The signal that a program gets.</summary>
    internal static string FaultName(FaultResult result) => result switch
    {
        FaultResult.NotMapped => "SEGV_MAPERR",
        FaultResult.AccessDenied => "SEGV_ACCERR",
        FaultResult.BusError => "SIGBUS",
        _ => result.ToString(),
    };

    /// <summary>What is wrong with the outcome, or null if it is as expected.</summary>
    internal string? MismatchWith(Expectation expected)
    {
        if (Disagreement is not null)
        {
            return Disagreement;
        }

        bool isRight = IsExpectedResult(expected)
            && (expected.Errno is null || expected.Errno == Errno)
            && (expected.Fault is null || expected.Fault == Fault)
            && (expected.FaultAt is null || expected.FaultAt.Value.Bytes == FaultAt?.Bytes)
            && (expected.Value is null || expected.Value == Value)
            && (expected.Resident is null || expected.Resident == Resident)
            && (expected.Layout is null || (Layout is not null && LayoutText.AreSame(expected.Layout, Layout)));
        return isRight ? null : $"expected {Describe(expected)}, got {this}";
    }

    /// <summary>Whether two worlds ended the same operation alike; areas that look alike may be merged in one and not in the other.</summary>
    internal bool IsLike(Outcome other) =>
        Disagreement is null
        && other.Disagreement is null
        && this with { Layout = null, Resident = null } == other with { Layout = null, Resident = null }
        && (Resident is null || other.Resident is null || Resident == other.Resident)
        && (Layout is null
            ? other.Layout is null
            : other.Layout is not null && LayoutText.Canonical(Layout).SequenceEqual(LayoutText.Canonical(other.Layout)));

    /// <summary>The outcome as what is expected of another world.</summary>
    internal Expectation ToExpectation() => new()
    {
        Ret = Value is null && Ret is { } ret ? ExpectedResult(ret) : null,
        Errno = Errno,
        Fault = Fault,
        FaultAt = FaultAt,
        Value = Value,
        Resident = Resident,
        Layout = Layout,
    };

    /// <summary>The outcome in a few words.</summary>
    public override string ToString()
    {
        if (Disagreement is not null || Errno is not null || Fault is not null)
        {
            return Disagreement ?? Errno ?? $"{Fault} at {FaultAt}";
        }

        if (Resident is not null)
        {
            return $"ret {RetText()}, resident {Resident}";
        }

        if (Layout is not null)
        {
            return $"layout [{string.Join(", ", Layout)}]";
        }

        return Value is not null
            ? string.Create(CultureInfo.InvariantCulture, $"value {Value}")
            : $"ret {RetText()}";
    }

    private static string Describe(Expectation expected)
    {
        List<string> parts = [];
        Add("ret ", expected.Ret);
        Add("ret other than ", expected.RetNot);
        Add(string.Empty, expected.Errno);
        Add(string.Empty, expected.Fault);
        Add("at ", expected.FaultAt);
        Add("value ", expected.Value);
        Add("resident ", expected.Resident);
        Add("layout ", expected.Layout is null ? null : $"[{string.Join(", ", expected.Layout)}]");
        return string.Join(", ", parts);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}{(value is ByteAmount { IsPlain: true } plain ? plain.PlainNumber : value)}"));
            }
        }
    }

    private bool IsExpectedResult(Expectation expected)
    {
        bool mayFail = expected.Ret is null && expected.RetNot is null;
        if (Ret is not { } ret)
        {
            return mayFail;
        }

        return (expected.Ret is not { } right || InUnit(right) == ret)
            && (expected.RetNot is not { } wrong || InUnit(wrong) != ret)
            && expected is { Errno: null, Fault: null };
    }

    private ByteAmount ExpectedResult(ulong ret) => Unit == OutcomeUnit.Distance
        ? new ByteAmount(ret, IsPlain: (ret & Page.OffsetMask) == 0)
        : new ByteAmount(ret << Page.Shift, IsPlain: true);

    private ulong InUnit(ByteAmount amount) => Unit == OutcomeUnit.Number && amount.IsPlain ? amount.PlainNumber : amount.Bytes;

    private string RetText() => Unit == OutcomeUnit.Distance
        ? new ByteAmount(Ret ?? 0).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{Ret}");
}
