using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>A form in which files hold sets of samples. A set is train, test or val; its parts are x, y and cluster.</summary>
internal interface ISampleForm
{
    /// <summary>Place of a part, for error lines. The part may be missing.</summary>
    /// <param name="set">train, test or val.</param>
    /// <param name="part">x, y or cluster.</param>
    ArrayName Name(string set, string part);

    /// <summary>Whether there is a part.</summary>
    /// <param name="set">train, test or val.</param>
    /// <param name="part">x, y or cluster.</param>
    bool Has(string set, string part);

    /// <summary>Reads a set, which must have x and y.</summary>
    /// <param name="set">train, test or val.</param>
    /// <exception cref="UnreadableFileException">A file cannot be read, or is malformed.</exception>
    /// <exception cref="DataFileException">A file has values that are not allowed.</exception>
    SampleFiles Read(string set);

    /// <summary>Reads only the inputs of a set; the labels are 0.</summary>
    /// <param name="set">train, test or val.</param>
    /// <exception cref="UnreadableFileException">A file cannot be read, or is malformed.</exception>
    /// <exception cref="DataFileException">A file has values that are not allowed.</exception>
    SampleFiles ReadInputs(string set);
}
