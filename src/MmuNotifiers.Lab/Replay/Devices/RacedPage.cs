using MmuNotifiers.Lab.Replay.Model;

namespace MmuNotifiers.Lab.Replay.Devices;

/// <summary>What devices may have stored to a page while it was changing: one word for each slot, zero for none.</summary>
internal sealed class RacedPage
{
    private readonly ulong[] _words = new ulong[WordSlots.Count];

    /// <summary>What the device of a slot may have stored.</summary>
    public Word this[int slot]
    {
        get => new(Volatile.Read(ref _words[slot]));
        set => Volatile.Write(ref _words[slot], value.Value);
    }
}
