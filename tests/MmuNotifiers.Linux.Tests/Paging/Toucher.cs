using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MmuNotifiers.Linux.Tests.Paging;

/// <summary>The native code that touches windows, compiled with the host's C compiler and loaded into this process.</summary>
internal static unsafe class Toucher
{
    private static readonly Lazy<nint> Library = new(Load);

    /// <summary>Why there is none; null where there is one.</summary>
    internal static string? Missing
    {
        get
        {
            try
            {
                return Library.Value == 0 ? "this host has no C compiler (cc)" : null;
            }
            catch (InvalidOperationException failure)
            {
                return failure.Message;
            }
        }
    }

    internal static void Random(Touch* touch) => ((delegate* unmanaged<Touch*, void>)Symbol("touch_random"))(touch);

    internal static void Hard(Touch* touch) => ((delegate* unmanaged<Touch*, void>)Symbol("touch_hard"))(touch);

    internal static void Timed(nint window, uint* order, ulong pages, int stores, ulong* nanoseconds) =>
        ((delegate* unmanaged<nint, uint*, ulong, int, ulong*, void>)Symbol("touch_timed"))(window, order, pages, stores, nanoseconds);

    private static nint Symbol(string name) => NativeLibrary.GetExport(Library.Value, name);

    private static nint Load()
    {
        string directory = Directory.CreateTempSubdirectory("mmun-toucher").FullName;
        try
        {
            string source = Path.Combine(AppContext.BaseDirectory, "Paging", "Native", "toucher.c");
            string library = Path.Combine(directory, "toucher.so");
            using Process? compiler = Start("cc", "-O2", "-shared", "-fPIC", "-o", library, source);
            if (compiler is null)
            {
                return 0;
            }

            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? NativeLibrary.Load(library) : throw new InvalidOperationException($"cc refuses {source}: {errors}");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Process? Start(string command, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
