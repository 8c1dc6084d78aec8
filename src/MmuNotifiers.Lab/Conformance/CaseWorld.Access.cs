using System.Globalization;
using MmuNotifiers.Lab.Conformance.Operations;
using MmuNotifiers.Primary;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>Loads and stores, of the CPU and of devices.</summary>
internal sealed partial class CaseWorld
{
    private IReadOnlyList<CaseDevice> Witnesses(CaseProcess process) =>
        _devices == ConformanceDevices.EveryAccess ? process.Devices : [];

    private Outcome ReadByte(CaseProcess process, VirtualAddress address)
    {
        byte value = 0;
        FaultResult result = process.Space.Read(address, new Span<byte>(ref value)).Result;
        foreach (CaseDevice witness in Witnesses(process))
        {
            byte seen = 0;
            FaultResult answer = witness.Device.Read(address, new Span<byte>(ref seen));
            if (answer != result || (result == FaultResult.Success && seen != value))
            {
                return Disagree($"the CPU read {Describe(result, value)}, the {witness.Name} {Describe(answer, seen)}");
            }
        }

        return Outcome.Of(result, Relative(address)) with { Value = result == FaultResult.Success ? value : null };
    }

    private Outcome WriteByte(CaseProcess process, VirtualAddress address, byte value)
    {
        FaultResult result = process.Space.Write(address, new ReadOnlySpan<byte>(in value)).Result;
        return RepeatedWrite(process, address, new ReadOnlySpan<byte>(in value), result) ?? Outcome.Of(result, Relative(address));
    }

    private Outcome SumPage(CaseProcess process, VirtualAddress address)
    {
        Span<byte> page = stackalloc byte[Page.SizeBytes];
        FaultResult result = process.Space.Read(address, page).Result;
        if (result != FaultResult.Success)
        {
            return Outcome.Of(result, Relative(address));
        }

        Span<byte> seen = stackalloc byte[Page.SizeBytes];
        foreach (CaseDevice witness in Witnesses(process))
        {
            FaultResult answer = witness.Device.Read(address, seen);
            if (answer != FaultResult.Success || !seen.SequenceEqual(page))
            {
                return Disagree($"the {witness.Name} reads the page at {address} otherwise than the CPU: {Describe(answer, seen[0])}");
            }
        }

        return Outcome.Returned(ByteSum.Add(page, 0));
    }

    private Outcome Fill(CaseProcess process, FillOperation fill)
    {
        Span<byte> page = stackalloc byte[Page.SizeBytes];
        page.Fill(fill.Value);
        for (ulong done = 0; done < fill.Length.Bytes;)
        {
            VirtualAddress address = Absolute(fill.Address) + done;
            int length = (int)Math.Min(fill.Length.Bytes - done, Page.SizeBytes - (ulong)address.PageOffset);
            TransferResult written = process.Space.Write(address, page[..length]);
            FaultResult result = written.Result;
            if (RepeatedWrite(process, address, page[..length], result) is { } disagreement)
            {
                return disagreement;
            }

            if (result != FaultResult.Success)
            {
                return Outcome.Of(result, Relative(address) + (ulong)written.Bytes);
            }

            done += (ulong)length;
        }

        return Outcome.Done;
    }

    /// <summary>Stores through every witness what the CPU stored, and reads it back everywhere. Null if all agree.</summary>
    private Outcome? RepeatedWrite(CaseProcess process, VirtualAddress address, ReadOnlySpan<byte> bytes, FaultResult result)
    {
        foreach (CaseDevice witness in Witnesses(process))
        {
            FaultResult answer = witness.Device.Write(address, bytes);
            if (answer != result)
            {
                return Disagree($"the CPU's store ended in {Describe(result)}, that of the {witness.Name} in {Describe(answer)}");
            }
        }

        Span<byte> seen = stackalloc byte[Page.SizeBytes];
        seen = seen[..bytes.Length];
        foreach (CaseDevice witness in result == FaultResult.Success ? Witnesses(process) : [])
        {
            FaultResult answer = witness.Device.Read(address, seen);
            if (answer == FaultResult.Success ? !seen.SequenceEqual(bytes) : IsReadable(process, address))
            {
                return Disagree($"the {witness.Name} does not read what was stored: {Describe(answer, seen[0])}");
            }
        }

        return null;
    }

    private static bool IsReadable(CaseProcess process, VirtualAddress address) =>
        process.Space.Access(address, AccessRights.Read).Succeeded;

    /// <summary>A device's load goes through each secondary MMU; they must agree. Any fault is EFAULT.</summary>
    private static Outcome DeviceRead(CaseProcess process, VirtualAddress address)
    {
        if (LacksRightToRead(process, address))
        {
            return Outcome.Of(Errno.EFAULT);
        }

        Outcome? first = null;
        foreach (CaseDevice device in process.Devices)
        {
            byte value = 0;
            FaultResult result = device.Device.Read(address, new Span<byte>(ref value));
            Outcome outcome = result == FaultResult.Success
                ? new Outcome { Ret = 1, Value = value }
                : Outcome.Of(Errno.EFAULT);
            if (first is not null && first != outcome)
            {
                return Disagree($"one device read {first}, the {device.Name} {outcome}");
            }

            first = outcome;
        }

        return first!;
    }

    /// <summary>The CPU can read what may be written or executed, on x86-64; get_user_pages asks for the right to read.</summary>
    private static bool LacksRightToRead(CaseProcess process, VirtualAddress address) =>
        process.Space.Layout().Any(area => area.Range.Contains(address) && (area.Rights & AccessRights.Read) == 0);

    private static Outcome DeviceWrite(CaseProcess process, VirtualAddress address, byte value)
    {
        Outcome? first = null;
        foreach (CaseDevice device in process.Devices)
        {
            FaultResult result = device.Device.Write(address, new ReadOnlySpan<byte>(in value));
            Outcome outcome = result == FaultResult.Success ? Outcome.Returned(1) : Outcome.Of(Errno.EFAULT);
            if (first is not null && first != outcome)
            {
                return Disagree($"one device's store ended in {first}, that of the {device.Name} in {outcome}");
            }

            first = outcome;
        }

        return first!;
    }

    private static string Describe(FaultResult result, byte value) =>
        result == FaultResult.Success ? string.Create(CultureInfo.InvariantCulture, $"{value}") : Outcome.FaultName(result);

    private static string Describe(FaultResult result) => result == FaultResult.Success ? "success" : Outcome.FaultName(result);
}
