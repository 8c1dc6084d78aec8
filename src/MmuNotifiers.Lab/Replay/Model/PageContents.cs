using System.Buffers.Binary;
using MmuNotifiers.Lab.Replay.Files;

namespace MmuNotifiers.Lab.Replay.Model;

/// <summary>
/// What the words of one page must be. Pages of several address spaces refer to one of these as long as they must show the same.
/// The program's word is written by the replaying thread only, each device's word only by the thread that runs that device.
/// </summary>
internal sealed class PageContents
{
    private readonly SyntheticContent? _file;
    private readonly ulong _filePage;
    private readonly ulong[] _words = new ulong[WordSlots.Count];

    /// <summary>
    /// A word that a device stored while the page was changing, so that it may have arrived or not; 0 for none. With
    /// <see cref="Get"/> it is one of two right answers, until a read in a quiet moment tells which.
    /// </summary>
    private readonly ulong[] _uncertain = new ulong[WordSlots.Count];

    /// <summary>Odd while the program's word changes.</summary>
    private int _programVersion;

    /// <summary>The word that the program filled the rest of the page with; 0 if it never did. Used by the replaying thread only.</summary>
    private Word _body;

    /// <summary>The contents of a page of zeroes.</summary>
    public PageContents()
    {
    }

    /// <summary>The contents of a page of a file that nobody has stored to; the words are still to be set.</summary>
    public PageContents(SyntheticContent file, ulong filePage)
    {
        _file = file;
        _filePage = filePage;
    }

    private PageContents(PageContents other)
    {
        _file = other._file;
        _filePage = other._filePage;
        _body = other._body;
        for (int slot = 0; slot < WordSlots.Count; slot++)
        {
            _words[slot] = Volatile.Read(ref other._words[slot]);
            _uncertain[slot] = Volatile.Read(ref other._uncertain[slot]);
        }
    }

    /// <summary>Whether a fork made two address spaces refer to this; the next store copies it.</summary>
    public bool IsShared { get; set; }

    /// <summary>Changes with each store of the program; odd while one is on its way.</summary>
    public int ProgramVersion => Volatile.Read(ref _programVersion);

    /// <summary>The word that must be in a slot.</summary>
    public Word Get(int slot) => new(Volatile.Read(ref _words[slot]));

    /// <summary>The word that may be in a slot instead; zero for none.</summary>
    public Word GetUncertain(int slot) => new(Volatile.Read(ref _uncertain[slot]));

    /// <summary>Says which word is in a slot from now on.</summary>
    public void Set(int slot, Word word)
    {
        Volatile.Write(ref _words[slot], word.Value);
        Volatile.Write(ref _uncertain[slot], 0);
    }

    /// <summary>Says that a store to a slot is on its way and may or may not arrive.</summary>
    public void SetUncertain(int slot, Word word) => Volatile.Write(ref _uncertain[slot], word.Value);

    /// <summary>Opens a store of the program; <see cref="EndStore"/> closes it.</summary>
    public void BeginStore() => Interlocked.Increment(ref _programVersion);

    /// <summary>Closes a store of the program.</summary>
    public void EndStore(Word word)
    {
        Set(WordSlots.Program, word);
        Interlocked.Increment(ref _programVersion);
    }

    /// <summary>The program filled the rest of the page with a word, see <see cref="PageImage"/>. Inside an open store.</summary>
    public void FillBody(Word word) => _body = word;

    /// <summary>All bytes that must be in the page.</summary>
    public void Render(Span<byte> page)
    {
        if (_file is null)
        {
            page.Clear();
        }
        else
        {
            _file.FillOriginal(_filePage, page);
        }

        if (_body.Value != 0)
        {
            PageImage.FillBody(_body, page[WordSlots.BodyOffset..]);
        }

        for (int slot = 0; slot < WordSlots.Count; slot++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(page[(int)WordSlots.OffsetOf(slot)..], Get(slot).Value);
        }
    }

    /// <summary>Whether two pages of one place must show the same. Words that may be one of two are the same only if both may.</summary>
    public bool ShowsSame(PageContents other)
    {
        bool isSame = _body == other._body;
        for (int slot = 0; slot < WordSlots.Count; slot++)
        {
            isSame &= Get(slot) == other.Get(slot) && GetUncertain(slot) == other.GetUncertain(slot);
        }

        return isSame;
    }

    /// <summary>The same contents, to be changed on their own.</summary>
    public PageContents Copy() => new(this);
}
