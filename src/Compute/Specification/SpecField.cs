using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>A leaf of the specification: reads, parses, checks and formats its value.</summary>
internal sealed class SpecField
{
    /// <summary>How a description writes an empty text.</summary>
    public const string EmptyText = "\"\"";

    private readonly PropertyInfo[] _chain;
    private readonly Type _type;
    private readonly string[] _names;

    /// <summary>A field of the specification's own records.</summary>
    /// <param name="chain">The properties that lead to it from the specification.</param>
    public SpecField(IEnumerable<PropertyInfo> chain)
    {
        _chain = [.. chain];
        _type = _chain[^1].PropertyType;
        Path = string.Join('.', _chain.Select(p => CamelCase(p.Name)));
        Attribute = _chain[^1].GetCustomAttribute<FieldAttribute>()
            ?? throw new InvalidOperationException($"{Path} has no [Field]");
        _names = _type.IsEnum ? [.. Enum.GetNames(_type).Select(CamelCase)]
            : _type == typeof(Activation) ? [.. Activation.All.Select(activation => activation.Name)]
            : Attribute.IsExpertKind ? [.. ExpertKinds.All.Select(kind => kind.Name)]
            : Attribute.OneOf;
    }

    /// <summary>An option of a kind of expert.</summary>
    /// <param name="chain">The properties that lead to it from the specification.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="path">Its path in the specification.</param>
    public SpecField(IEnumerable<PropertyInfo> chain, IExpertKind kind, string path)
        : this(chain) => (Kind, Path) = (kind, path);

    public string Path { get; }

    /// <summary>The kind of expert that the field is an option of; null for a field of every kind.</summary>
    public IExpertKind? Kind { get; }

    public FieldAttribute Attribute { get; }

    /// <summary>Whether the value is a word: quoted in JSON.</summary>
    public bool IsText => _type.IsEnum || _type == typeof(Activation) || _type == typeof(string);

    /// <summary>Whether a field may be of a type.</summary>
    public static bool IsSupported(Type type) =>
        type.IsEnum || type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(bool) || type == typeof(string) || type == typeof(UniformRange);

    /// <summary>Whether any text that matches a pattern is valid.</summary>
    private bool IsFreeText => Attribute.Pattern.Length > 0;

    public string TypeName => IsFreeText ? "text" : IsText ? "name"
        : _type == typeof(bool) ? "boolean"
        : _type == typeof(double) ? "number"
        : _type == typeof(UniformRange) ? "[low, high]"
        : "integer";

    /// <summary>The valid values, in words that follow "must be".</summary>
    public string Range => IsFreeText ? Attribute.PatternMeaning
        : IsText ? string.Join(", ", _names)
        : _type == typeof(bool) ? "true or false"
        : _type == typeof(UniformRange) ? $"[low, high], both {Limits}"
        : Limits;

    private string Limits => $"{Round(Attribute.Min)} to {(Attribute.BelowMax ? "under " : "")}{Round(Attribute.Max)}";

    /// <summary>The value; null only in a specification that is not valid. An option of another kind of expert has its default.</summary>
    public object? Get(RunSpec spec) => _chain.Aggregate((object?)spec, (owner, property) => owner switch
    {
        null => null,
        ExpertOptions options when Kind is not null && options.GetType() != Kind.Defaults.GetType() => property.GetValue(Kind.Defaults),
        _ => property.GetValue(owner),
    });

    /// <summary>Sets the value in the record that has it.</summary>
    public void Set(object owner, object value) => _chain[^1].SetValue(owner, value);

    /// <summary>The value that a text stands for, or what is wrong with it.</summary>
    public (object? Value, string? Error) Parse(string text)
    {
        // Two quotes are how the description writes an empty text.
        if (IsFreeText)
        {
            var free = text == EmptyText ? "" : text;
            return (free, Check(free));
        }

        var (value, error) = Read(text.Trim());
        return (value, error ?? Check(value));
    }

    /// <summary>What is wrong with a value; null where it is valid.</summary>
    public string? Check(object? value) => value switch
    {
        null => "must not be null",
        string text when IsFreeText => Regex.IsMatch(text, Attribute.Pattern) ? null : $"must be {Range}, got {Quote(text)}",
        string text => _names.Contains(text) ? null : Unknown(text),
        Enum name => Enum.IsDefined(_type, name) ? null : Unknown(name.ToString()),
        Activation activation => Activation.All.Contains(activation) ? null : Unknown(activation.Name),
        UniformRange range when !(InLimits(range.Low) && InLimits(range.High)) => $"must be {Range}, got {Format(range)}",
        UniformRange range when range.Low > range.High => $"must be [low, high] with low at most high, got {Format(range)}",
        int or long or double when !InLimits(Convert.ToDouble(value, CultureInfo.InvariantCulture)) => $"must be {Range}, got {Format(value)}",
        _ => null,
    };

    /// <summary>The value as text: numbers so that they read back exactly.</summary>
    public static string Format(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        UniformRange range => $"[{Format(range.Low)}, {Format(range.High)}]",
        Enum name => CamelCase(name.ToString()),
        Activation activation => activation.Name,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private (object? Value, string? Error) Read(string text)
    {
        if (_type == typeof(string)) return (text, null);
        if (_type.IsEnum)
        {
            // Machine learning tools write adamw and warmup-cosine.
            var index = Array.IndexOf(_names, text);
            if (index < 0) index = Array.IndexOf([.. _names.Select(name => name.ToLowerInvariant())], text.Replace("-", "", StringComparison.Ordinal));
            return index < 0 ? (null, Unknown(text)) : (Enum.GetValues(_type).GetValue(index), null);
        }

        if (_type == typeof(Activation)) return Activation.Find(text) is { } activation ? (activation, null) : (null, Unknown(text));
        if (_type == typeof(bool)) return text is "true" or "false" ? (text == "true", null) : (null, $"must be true or false, got {Quote(text)}");
        if (_type == typeof(double)) return Number(text, out var real) ? (real, null) : (null, $"must be a number {Range}, got {Quote(text)}");
        if (_type == typeof(UniformRange))
        {
            var ends = (text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text).Split(',');
            return ends.Length == 2 && Number(ends[0], out var low) && Number(ends[1], out var high)
                ? (new UniformRange(low, high), null)
                : (null, $"must be {Range}, got {Quote(text)}");
        }

        // 1e4 and 8.0 are whole numbers too; what no long holds is out of range, as is what is not finite.
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            if (!Number(text, out var any)) return (null, $"must be a whole number {Range}, got {Quote(text)}");
            if (double.IsFinite(any) && any != Math.Truncate(any)) return (null, $"must be a whole number {Range}, got {Quote(text)}");
            if (!(Math.Abs(any) <= 1L << 53)) return (null, $"must be {Range}, got {Shorten(text)}");
            whole = (long)any;
        }

        if (_type == typeof(long)) return (whole, null);
        return whole == (int)whole ? ((int)whole, null) : (null, $"must be {Range}, got {Shorten(text)}");
    }

    private bool InLimits(double value) =>
        value >= Attribute.Min && (Attribute.BelowMax ? value < Attribute.Max : value <= Attribute.Max);

    private string Unknown(string text)
    {
        var meant = Suggestion.Question(Suggestion.Nearest(text, _names));
        return $"unknown {Quote(text)}; one of {Range}{(meant.Length == 0 && Attribute.IsExpertKind ? "; --experts-from FILE brings others" : meant)}";
    }

    private static bool Number(string text, out double value)
    {
        var parsed = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        // -0 is 0: the same run must have the same hash.
        value += 0.0;
        return parsed;
    }

    private static string Round(double limit) => limit switch
    {
        double.PositiveInfinity => long.MaxValue.ToString(CultureInfo.InvariantCulture),
        >= 1e15 => limit.ToString("0e0", CultureInfo.InvariantCulture),
        >= 10_000 => limit.ToString("N0", CultureInfo.InvariantCulture),
        _ => Format(limit),
    };

    /// <summary>A member's name as a key.</summary>
    public static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>What the user wrote, in quotes, on one line and not too long.</summary>
    public static string Quote(string text) => text is ['"' or '[' or '{', ..] ? Shorten(text) : $"'{Shorten(text)}'";

    private static string Shorten(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
        return line.Length <= 48 ? line : line[..45] + "...";
    }
}
