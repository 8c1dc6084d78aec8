using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Recording;

/// <summary>
/// Switches transparent huge pages off for this process and for what it starts meanwhile: the kernel hands the switch on over fork and execve
/// (prctl(2), PR_SET_THP_DISABLE). Disposal sets it back for this process.
/// </summary>
internal sealed partial class HugePageSwitch : IDisposable
{
    private const int SetDisable = 41;
    private const int GetDisable = 42;

    private readonly bool _wasDisabled;

    private HugePageSwitch(bool wasDisabled) => _wasDisabled = wasDisabled;

    /// <summary>Switches off; null if the kernel refuses, and then nothing has changed.</summary>
    public static HugePageSwitch? TryDisable()
    {
        bool wasDisabled = ProcessControl(GetDisable, 0, 0, 0, 0) == 1;
        return ProcessControl(SetDisable, 1, 0, 0, 0) == 0 ? new HugePageSwitch(wasDisabled) : null;
    }

    public void Dispose()
    {
        if (!_wasDisabled)
        {
            _ = ProcessControl(SetDisable, 0, 0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int operation, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
