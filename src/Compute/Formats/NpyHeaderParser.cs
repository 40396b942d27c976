using System.Collections.Immutable;
using System.Globalization;

namespace MoeOrleans.Compute.Formats;

/// <summary>
/// Reads a .npy header from left to right, each character once: a Python dictionary with descr, fortran_order and shape. A regular
/// expression would have to try exponentially many ways to read a hostile header.
/// </summary>
/// <param name="text">The header.</param>
internal ref struct NpyHeaderParser(ReadOnlySpan<char> text)
{
    // NumPy's own limit.
    private const int MaxSizes = 64;

    private ReadOnlySpan<char> _rest = text;
    private string? _descr;
    private bool? _fortranOrder;
    private ImmutableArray<long> _shape;

    /// <summary>The header; null if it is not valid.</summary>
    public NpyFileHeader? Parse()
    {
        if (!Take('{')) return null;
        while (!Take('}'))
        {
            if (!ReadField()) return null;
            if (Take(',')) continue;
            if (!Take('}')) return null;
            break;
        }

        return _rest.Trim().IsEmpty && _descr is not null && _fortranOrder is { } order && !_shape.IsDefault ? new NpyFileHeader(_descr, order, _shape) : null;
    }

    private bool ReadField() => ReadString() switch
    {
        "descr" when _descr is null => Take(':') && (_descr = ReadType()) is not null,
        "fortran_order" when _fortranOrder is null => Take(':') && (_fortranOrder = ReadBool()) is not null,
        "shape" when _shape.IsDefault => Take(':') && !(_shape = ReadSizes()).IsDefault,
        _ => false,
    };

    private bool Take(char expected)
    {
        _rest = _rest.TrimStart();
        if (_rest is not [var next, ..] || next != expected) return false;
        _rest = _rest[1..];
        return true;
    }

    private string? ReadString()
    {
        _rest = _rest.TrimStart();
        if (_rest is not [('\'' or '"') and var quote, ..]) return null;
        var length = _rest[1..].IndexOf(quote);
        return length < 0 ? null : Cut(length + 2)[1..^1].ToString();
    }

    private bool? ReadBool()
    {
        _rest = _rest.TrimStart();
        var word = Cut(_rest.IndexOfAnyExcept(System.Buffers.SearchValues.Create("TrueFals")) is var end && end < 0 ? _rest.Length : end);
        return word is "True" ? true : word is "False" ? false : null;
    }

    // A structured type is a list of tuples. It is refused later, so only its end is looked for.
    private string? ReadType()
    {
        _rest = _rest.TrimStart();
        if (_rest is not ['[', ..]) return ReadString();
        var depth = 0;
        for (var i = 0; i < _rest.Length; i++)
        {
            if (_rest[i] is '\'' or '"')
            {
                var length = _rest[(i + 1)..].IndexOf(_rest[i]);
                if (length < 0) return null;
                i += length + 1;
            }
            else if (_rest[i] == '[')
            {
                depth++;
            }
            else if (_rest[i] == ']' && --depth == 0)
            {
                return Cut(i + 1).ToString();
            }
        }

        return null;
    }

    private ImmutableArray<long> ReadSizes()
    {
        if (!Take('(')) return default;
        var sizes = ImmutableArray.CreateBuilder<long>();
        while (!Take(')'))
        {
            if (sizes.Count == MaxSizes || ReadSize() is not { } size) return default;
            sizes.Add(size);
            if (Take(',')) continue;
            if (!Take(')')) return default;
            break;
        }

        return sizes.ToImmutable();
    }

    // Python 2 wrote 3L.
    private long? ReadSize()
    {
        _rest = _rest.TrimStart();
        var digits = _rest.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0 || !long.TryParse(Cut(digits), NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return null;
        if (_rest is ['L', ..]) Cut(1);
        return size;
    }

    private ReadOnlySpan<char> Cut(int length)
    {
        var cut = _rest[..length];
        _rest = _rest[length..];
        return cut;
    }
}
