using System.Globalization;

namespace MmuNotifiers.Lab.Conformance;

/// <summary>An open object as an operation names it: <c>0</c>, <c>"0:ro"</c>, <c>"0:wo"</c>, or <c>"bad"</c> for a descriptor that is none.</summary>
/// <param name="Id">The object's number; -1 for a bad descriptor.</param>
/// <param name="Access">What it was opened for.</param>
internal readonly record struct ObjectReference(int Id, AccessRights Access)
{
    /// <summary>A descriptor that is not open.</summary>
    public static ObjectReference Bad => new(-1, AccessRights.None);

    /// <summary>Whether the descriptor is not open.</summary>
    public bool IsBad => Id < 0;

    /// <summary>Reads the form that a case gives it.</summary>
    public static bool TryParse(string text, out ObjectReference reference)
    {
        ArgumentNullException.ThrowIfNull(text);
        reference = Bad;
        if (text == "bad")
        {
            return true;
        }

        string[] parts = text.Split(':');
        AccessRights? access = parts.Length == 1 ? AccessRights.ReadWrite : parts[1] switch
        {
            "rw" => AccessRights.ReadWrite,
            "ro" => AccessRights.Read,
            "wo" => AccessRights.Write,
            _ => null,
        };
        bool isNumber = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id);
        if (parts.Length > 2 || access is null || !isNumber)
        {
            return false;
        }

        reference = new ObjectReference(id, access.Value);
        return true;
    }

    /// <summary>The form that a case gives it.</summary>
    public override string ToString() => IsBad ? "bad" : Access switch
    {
        AccessRights.Read => string.Create(CultureInfo.InvariantCulture, $"{Id}:ro"),
        AccessRights.Write => string.Create(CultureInfo.InvariantCulture, $"{Id}:wo"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Id}"),
    };
}
