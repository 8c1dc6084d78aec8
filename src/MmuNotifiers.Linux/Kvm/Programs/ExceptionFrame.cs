using MmuNotifiers.Linux.Kvm.Guests;

namespace MmuNotifiers.Linux.Kvm.Programs;

/// <summary>An exception of a program: what the processor pushed for its handler (Intel's manual, volume 3, 6.14).</summary>
/// <param name="Vector">Its number.</param>
/// <param name="ErrorCode">The error code; 0 where the exception has none.</param>
/// <param name="InstructionPointer">Where the program goes on.</param>
/// <param name="StackPointer">Its stack pointer.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="FaultAddress">The address of a page fault.</param>
internal readonly record struct ExceptionFrame(
    int Vector, ulong ErrorCode, ulong InstructionPointer, ulong StackPointer, ulong Flags, VirtualAddress FaultAddress)
{
    private const int PageFault = 14;
    private const ulong WriteBit = 2;
    private const ulong FetchBit = 16;

    /// <summary>Whether it is a page fault.</summary>
    public bool IsPageFault => Vector == PageFault;

    /// <summary>What a page fault was for.</summary>
    public AccessRights Access => (ErrorCode & FetchBit) != 0 ? AccessRights.Execute
        : (ErrorCode & WriteBit) != 0 ? AccessRights.Write : AccessRights.Read;

    /// <summary>The signal that Linux would send.</summary>
    public GuestSignal Signal => Vector switch
    {
        0 or 16 or 19 => GuestSignal.FloatingPoint,
        1 or 3 => GuestSignal.Trap,
        6 => GuestSignal.IllegalInstruction,
        17 => GuestSignal.Bus,
        _ => GuestSignal.Segmentation,
    };

    /// <summary>Its name in the processor's manual, short.</summary>
    public string Name => Vector switch
    {
        0 => "division error",
        1 => "debug exception",
        3 => "breakpoint",
        6 => "invalid instruction",
        12 => "stack fault",
        13 => "protection fault",
        PageFault => Access switch
        {
            AccessRights.Execute => $"jump to {FaultAddress}",
            AccessRights.Write => $"store to {FaultAddress}",
            _ => $"load from {FaultAddress}",
        },
        16 or 19 => "floating-point error",
        _ => $"exception {Vector}",
    };

    /// <summary>Reads it from the stack of exceptions.</summary>
    public static ExceptionFrame Read(GuestFirmware firmware, int vector, ulong handlerStackPointer, ulong faultAddress)
    {
        const int WordsWithErrorCode = 6;
        const int StackPointerWord = 1;
        const int FlagsWord = 2;
        const int InstructionPointerWord = 4;
        const int ErrorCodeWord = 5;
        bool hasErrorCode = GuestFirmware.PushedWords(handlerStackPointer) == WordsWithErrorCode;
        return new ExceptionFrame(
            vector, hasErrorCode ? firmware.Pushed(ErrorCodeWord) : 0, firmware.Pushed(InstructionPointerWord),
            firmware.Pushed(StackPointerWord), firmware.Pushed(FlagsWord), new VirtualAddress(faultAddress));
    }
}
