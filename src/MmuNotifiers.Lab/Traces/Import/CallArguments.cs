using System.Runtime.CompilerServices;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>The up to six arguments of a system call as the registers held them.</summary>
[InlineArray(Most)]
internal struct CallArguments
{
    public const int Most = 6;

    private ulong _first;
}
