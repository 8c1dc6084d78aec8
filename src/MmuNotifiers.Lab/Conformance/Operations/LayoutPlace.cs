namespace MmuNotifiers.Lab.Conformance.Operations;

/// <summary>Whose areas a layout shows.</summary>
internal enum LayoutPlace
{
    /// <summary>The window's, page numbers counted from its start.</summary>
    Window,

    /// <summary>The room's of the heap, page numbers counted from the heap's start.</summary>
    Heap,
}
