using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Reports;

/// <summary>One address space of one process; a process that calls execve has a row for each program.</summary>
/// <param name="ProcessId">The recorded process.</param>
/// <param name="Program">Its program.</param>
/// <param name="Threads">How many threads it had at most.</param>
/// <param name="Operations">What it did.</param>
/// <param name="SystemCalls">System calls performed.</param>
/// <param name="Faults">Recorded faults performed.</param>
/// <param name="MissingPages">Faults here on pages that were not present.</param>
/// <param name="CopiesOnWrite">Faults here that broke copy-on-write or a write protection.</param>
/// <param name="Signals">Accesses that ended in SIGSEGV or SIGBUS here.</param>
/// <param name="FaultMatchPercent">Recorded faults that faulted here as well.</param>
/// <param name="Callbacks">Notifier callbacks, the secondaries together.</param>
/// <param name="StaleAccesses">Stale device accesses.</param>
/// <param name="Memory">What it had in memory and in swap, from before it ended, and what it lost and got back until then.</param>
public sealed record ProcessReport(
    int ProcessId,
    string Program,
    int Threads,
    long Operations,
    long SystemCalls,
    long Faults,
    long MissingPages,
    long CopiesOnWrite,
    long Signals,
    double FaultMatchPercent,
    long Callbacks,
    long StaleAccesses,
    AddressSpaceStatistics Memory);
