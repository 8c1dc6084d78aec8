using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>What one native thread does (struct touch of toucher.c).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Touch
{
    internal nint Window;
    internal ulong Pages;
    internal ulong* Expected;
    internal byte* Locks;
    internal uint* Stop;
    internal ulong Seed;
    internal ulong WritesIn256;
    internal ulong Visits;
    internal ulong Wrong;
}
