using System.Globalization;
using MoeOrleans.Compute.Data;

namespace MoeOrleans.Compute.Specification;

/// <content>Validation samples: held out of the training samples, or from files of their own.</content>
public sealed partial class SpecificationBuilder
{
    private (double Share, string Where)? _validation;

    /// <summary>Holds a share of the training samples out, whose number need not be known yet. Comes before <see cref="UseFiles"/>.</summary>
    /// <param name="value">The share as typed, 0 to under 1; 0 leaves validation samples out, also those of files.</param>
    /// <param name="source">What the user typed it behind, such as "--validation": errors begin with it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="SpecificationException">The value is not valid.</exception>
    internal SpecificationBuilder SetValidation(string value, string source)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || !(share is >= 0 and < 1))
            throw new SpecificationException($"{source}: must be a share of the training samples, 0 to under 1, such as 0.1, got {SpecField.Quote(value)}");
        _validation = (share, source);
        return this;
    }

    /// <summary>The fields of files with the validation samples that are wanted: those of the files, a part of the training samples, or none.</summary>
    private DataSpec WithValidation(DataSpec files)
    {
        if (_validation is var (share, where))
        {
            if (share > 0 && files.Validation > 0)
                throw new SpecificationException($"{where}: '{files.Path}' has files with {files.Validation} validation samples; leave {where} out to use them, or move their files away");
            return HeldOut(files, ValidationSplit.Count(share, files.Train), where);
        }

        if (LastOf("data.validationSha256").Value is string { Length: > 0 }) return files;
        if (LastOf("data.validation") is { Value: int count, Where: var given }) return HeldOut(files, count, given);
        // A specification that was saved without validation samples has none, whatever was added to its folder.
        return LastOf("data.sha256").Field is null ? files : HeldOut(files, 0, "");
    }

    private static DataSpec HeldOut(DataSpec files, int count, string where) => count < files.Train
        ? files with { Train = files.Train - count, Validation = count, ValidationSha256 = "" }
        : throw new SpecificationException($"{where}: data.validation must be less than {files.Train}, the training samples in '{files.Path}', got {count}");

    private void SetValidation(Dictionary<string, object> values)
    {
        if (_files is null && _validation is var (share, where))
        {
            var all = (int)values["data.train"] + (int)values["data.validation"];
            var count = ValidationSplit.Count(share, all);
            if (count >= all) throw new SpecificationException($"{where}: leaves none of {all} training samples; make it smaller");
            (values["data.train"], values["data.validation"]) = (all - count, count);
        }

        if ((int)values["data.validation"] > 0 && LastOf("training.evaluateEvery").Field is null) values["training.evaluateEvery"] = 1;
    }
}
