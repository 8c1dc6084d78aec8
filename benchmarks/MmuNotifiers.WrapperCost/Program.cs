using System.Runtime.CompilerServices;
using MmuNotifiers.Synchronization;
using MmuNotifiers.WrapperCost;

// The switch is read before the methods are compiled, as it is in a program that has run for a while. To see the code:
// DOTNET_JitStdOutFile=jit.txt DOTNET_JitDisasm="LoadAndStore Exchange Reference Fenced" dotnet MmuNotifiers.WrapperCost.dll
RuntimeHelpers.RunClassConstructor(typeof(Shared).TypeHandle);
Entry entry = new();
Console.WriteLine(Wrapped.LoadAndStore(entry, 1) + ByHand.LoadAndStore(entry, 2));
Console.WriteLine(Wrapped.Fenced(entry, 1) + ByHand.Fenced(entry, 2));
Console.WriteLine(Wrapped.Exchange(entry, 1, 5) || ByHand.Exchange(entry, 2, 6));
Console.WriteLine(Wrapped.Reference(entry, "a") + ByHand.Reference(entry, "b"));
