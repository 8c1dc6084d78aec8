namespace MmuNotifiers.Linux.Kvm.Native;

/// <summary>The ioctl requests of /dev/kvm, as linux/kvm.h gives them for x86-64.</summary>
internal static class KvmRequest
{
    public const nuint GetApiVersion = 0xae00;
    public const nuint CreateMachine = 0xae01;
    public const nuint CheckExtension = 0xae03;
    public const nuint GetRunPageBytes = 0xae04;
    public const nuint GetSupportedFeatures = 0xc008ae05;
    public const nuint CreateProcessor = 0xae41;
    public const nuint GetDirtyLog = 0x4010ae42;
    public const nuint SetMemorySlot = 0x4020ae46;
    public const nuint Run = 0xae80;
    public const nuint GetRegisters = 0x8090ae81;
    public const nuint GetSpecialRegisters = 0x8138ae83;
    public const nuint GetModelRegisters = 0xc008ae88;
    public const nuint SetModelRegisters = 0x4008ae89;
    public const nuint SetFeatures = 0x4008ae90;
}
