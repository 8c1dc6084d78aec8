namespace MmuNotifiers.Lab.Conformance.Fuzzing;

/// <summary>A made-up case that ends here otherwise than on the running kernel.</summary>
/// <param name="Seed">What made it.</param>
/// <param name="Difference">How its last operation ended in each world.</param>
/// <param name="Operations">How many operations the smallest case has that was found.</param>
/// <param name="Case">That case as a line of a file, with the kernel's answers as expectations.</param>
public sealed record FuzzMismatch(int Seed, string Difference, int Operations, string Case);
