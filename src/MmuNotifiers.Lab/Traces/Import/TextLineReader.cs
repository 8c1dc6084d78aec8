using System.Text;

namespace MmuNotifiers.Lab.Traces.Import;

/// <summary>Reads a text line by line, counts the lines, and refuses one that is absurdly long before it is in memory.</summary>
/// <param name="text">The text.</param>
/// <param name="name">The name that errors show.</param>
internal sealed class TextLineReader(TextReader text, string name)
{
    private const int LineLimitChars = 1 << 18;

    private readonly char[] _buffer = new char[1 << 15];
    private readonly StringBuilder _spill = new();
    private string? _peeked;
    private int _position;
    private int _length;

    public string Name => name;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Looks at the next line without taking it.</summary>
    public string? Peek()
    {
        _peeked ??= Next();
        return _peeked;
    }

    public string? Read()
    {
        string? line = _peeked ?? Next();
        _peeked = null;
        if (line is not null)
        {
            LineNumber++;
        }

        return line;
    }

    /// <summary>Takes the next line without making a string of it. The characters hold until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<char> line)
    {
        int length = _peeked is null ? _buffer.AsSpan(_position, _length - _position).IndexOf('\n') : -1;
        if (length < 0)
        {
            string? text = Read();
            line = text;
            return text is not null;
        }

        line = _buffer.AsSpan(_position, length).TrimEnd('\r');
        _position += length + 1;
        LineNumber++;
        return true;
    }

    /// <summary>An error at the line that was read last.</summary>
    public TraceFormatException Error(string problem) => TraceFormatException.AtLine(name, Math.Max(1, LineNumber), problem);

    private string? Next()
    {
        _spill.Clear();
        bool any = false;
        while (true)
        {
            if (_position == _length)
            {
                _length = text.Read(_buffer, 0, _buffer.Length);
                _position = 0;
                if (_length == 0)
                {
                    return any ? _spill.ToString() : null;
                }
            }

            any = true;
            ReadOnlySpan<char> rest = _buffer.AsSpan(_position, _length - _position);
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> piece = end < 0 ? rest : rest[..end];
            if (_spill.Length + piece.Length > LineLimitChars)
            {
                throw TraceFormatException.AtLine(name, LineNumber + 1, $"expected a line of at most {LineLimitChars} characters");
            }

            _position += end < 0 ? piece.Length : piece.Length + 1;
            if (end >= 0 && _spill.Length == 0)
            {
                return piece.TrimEnd('\r').ToString();
            }

            _spill.Append(piece);
            if (end >= 0)
            {
                return _spill.ToString().TrimEnd('\r');
            }
        }
    }
}
