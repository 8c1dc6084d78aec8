namespace MmuNotifiers.Lab.Conformance.Kernel;

/// <summary>
/// A running kernel, asked case by case: <see cref="Ask"/>, then <see cref="Answer"/>, so that the other world can play meanwhile.
/// </summary>
internal sealed class KernelJudge(TextWriter questions, TextReader answers, KernelDevices devices)
{
    /// <summary>What device operations are.</summary>
    internal KernelDevices Devices => devices;

    /// <summary>Where the window of the last case lay in the kernel's process.</summary>
    internal ulong WindowStart { get; private set; }

    /// <summary>Hands a case over; returns at once.</summary>
    internal void Ask(ConformanceCase conformanceCase)
    {
        questions.Write(KernelQuestion.Of(conformanceCase, devices));
        questions.Flush();
    }

    /// <summary>Waits for the outcomes of the case that was asked.</summary>
    /// <exception cref="EndOfStreamException">The oracle ended.</exception>
    internal IReadOnlyList<Outcome> Answer(ConformanceCase conformanceCase)
    {
        IReadOnlyList<Outcome> outcomes = KernelAnswer.Read(answers, conformanceCase, out ulong windowStart);
        WindowStart = windowStart;
        return outcomes;
    }

    /// <summary>Both in one.</summary>
    internal IReadOnlyList<Outcome> Judge(ConformanceCase conformanceCase)
    {
        Ask(conformanceCase);
        return Answer(conformanceCase);
    }
}
