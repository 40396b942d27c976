namespace MoeOrleans.Compute.Specification;

/// <summary>
/// Meaning and limits of a field of the specification: the one source for the checks, their messages and the description.
/// </summary>
/// <param name="meaning">What the field means, in one line.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string meaning) : Attribute
{
    /// <summary>What the field means, in one line.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>Smallest value of a number, or of both ends of a range.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value of a number, or of both ends of a range. Finite for real numbers, so that floats hold them.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Max"/> itself is refused.</summary>
    public bool BelowMax { get; init; }

    /// <summary>The valid values of a text.</summary>
    public string[] OneOf { get; init; } = [];

    /// <summary>A regular expression that a free text must match.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>The same in words that follow "must be".</summary>
    public string PatternMeaning { get; init; } = "";

    /// <summary>Whether the field says how data is made, so that it has no meaning for data from files.</summary>
    public bool Generated { get; init; }

    /// <summary>Whether the field tells of files, so that it has no meaning for generated data.</summary>
    public bool OfFiles { get; init; }

    /// <summary>
    /// Whether the field was added after the first specifications were hashed. Such a field is hashed only if it differs from its
    /// default, so that old hashes stay.
    /// </summary>
    public bool IsLater { get; init; }

    /// <summary>Whether the JSON form leaves the field out at its default, so that forms of specifications that do not use it stay.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether the valid values are the names of the kinds of expert.</summary>
    public bool IsExpertKind { get; init; }

    /// <summary>Whether the field only says where other values came from: it decides no bit and is not hashed.</summary>
    public bool Label { get; init; }
}
