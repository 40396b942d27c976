namespace MoeOrleans.Compute.Formats;

/// <summary>Text whose rows of CSV are not too long, so that a quote without an end cannot make a reader buffer the whole file.</summary>
/// <param name="text">The text.</param>
/// <param name="name">The file, for error lines.</param>
internal sealed class BoundedLines(TextReader text, string name) : TextReader
{
    // Room for a million numbers.
    private const int MaxLength = 1 << 23;

    private int _length;
    private bool _isQuoted;

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    /// <exception cref="UnreadableFileException">A row is too long.</exception>
    public override int Read(Span<char> buffer)
    {
        var read = text.Read(buffer);
        foreach (var character in buffer[..read])
        {
            if (character == '"') _isQuoted = !_isQuoted;
            _length = character == '\n' && !_isQuoted ? 0 : _length + 1;
            if (_length > MaxLength) throw new UnreadableFileException($"{name}: a line must have at most {MaxLength} characters{(_isQuoted ? "; a quote may be without its end" : "")}");
        }

        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) text.Dispose();
        base.Dispose(disposing);
    }
}
