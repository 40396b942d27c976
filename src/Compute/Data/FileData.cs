using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// Data from files in a folder: train_x.npy (samples x patches x dim), train_y.npy (classes from 0), train_cluster.npy if clusters are
/// known, the same for test_, and for val_ if there are validation samples; or IDX, .npz or CSV files. Inputs of float32 are mapped into memory, others are converted, and every
/// number is checked.
/// </summary>
/// <param name="Data">The samples; their signals are unknown.</param>
/// <param name="Specification">A specification's fields for these files: path, hash and sizes.</param>
public sealed record FileData(Dataset<float> Data, DataSpec Specification)
{
    private const string Train = "train";
    private const string Test = "test";
    internal const string Validation = "val";

    /// <summary>Number of classes: one more than the largest label.</summary>
    public int Classes => Math.Max(Math.Max(Data.Train.Labels.Max(), Data.Test.Labels.Max()), Data.Validation?.Labels.Max() ?? 0) + 1;

    /// <summary>Classes that no training sample has, so no expert can learn them; empty if there are none.</summary>
    internal IEnumerable<int> UntrainedClasses => Enumerable.Range(0, Math.Max(2, Classes)).Except(Data.Train.Labels);

    /// <summary>What was converted, for the user; empty if the files were taken as they are.</summary>
    internal ImmutableArray<string> Conversions { get; init; } = [];

    /// <summary>Reads training and test samples, and validation samples if the folder has them.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DataFileException">A file is missing, malformed, has values that are not allowed, or does not fit the others.</exception>
    public static FileData Read(string folder) => Read(folder, withValidation: true);

    private static FileData Read(string folder, bool withValidation) => Checked(folder, () =>
    {
        var form = SampleForms.Of(folder, Train, Test);
        RequireAll(form);
        var train = FiniteInputs.Of(form, Train, form.Read(Train));
        var test = FiniteInputs.Of(form, Test, form.Read(Test));
        RequireSameSamples(form, train, test);
        var validation = withValidation && form.Has(Validation, "x") ? ReadValidation(form, train) : null;
        var clusters = Math.Max(train.Clusters, test.Clusters);
        var names = ClassNames.Read(folder);
        ClassNames.Check(folder, names, Math.Max(Math.Max(train.Labels.Max(), test.Labels.Max()), validation?.Labels.Max() ?? 0) + 1);
        var data = new Dataset<float>(train.ToSamples(clusters), test.ToSamples(clusters), null) { Validation = validation?.ToSamples(clusters) };
        var specification = new DataSpec
        {
            Source = DataSource.Files,
            Path = folder,
            Sha256 = Hash(train, test),
            ClassNames = ClassNames.Join(names),
            Columns = ColumnNames.Join(train.Columns),
            Clusters = clusters,
            Dim = train.Dim,
            Patches = train.Patches,
            Train = train.Count,
            Test = test.Count,
            Validation = validation?.Count ?? 0,
            ValidationSha256 = validation is null ? "" : Hash((Validation, validation)),
        };
        return new FileData(data, specification) { Conversions = [.. train.Conversions, .. test.Conversions, .. validation?.Conversions ?? []] };
    });

    /// <summary>Reads the validation samples of a folder, of the size of its training samples. Their clusters are of no use.</summary>
    /// <param name="form">The files.</param>
    /// <param name="train">The training samples.</param>
    /// <exception cref="DataFileException">The samples are not valid, or differ.</exception>
    internal static SampleFiles ReadValidation(ISampleForm form, SampleFiles train)
    {
        Require(form, Validation, "y", $"needs {Validation}_y.npy next to {Validation}_x.npy");
        var validation = FiniteInputs.Of(form, Validation, form.Read(Validation)) with { Cluster = null };
        RequireSameSizes(form, train, Validation, validation);
        return validation;
    }

    /// <summary>Reads only the test samples.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trained">The data that the model was trained on; its columns are those of the samples.</param>
    /// <returns>The samples, and what was converted.</returns>
    /// <exception cref="DataFileException">A file is missing, malformed, or has values or columns that are not allowed.</exception>
    internal static (Samples<float> Samples, ImmutableArray<string> Conversions) ReadTest(string folder, DataSpec? trained = null) => Checked(folder, () =>
    {
        var form = SampleForms.Of(folder, Test);
        foreach (var part in (string[])["x", "y"]) Require(form, Test, part, $"needs {Test}_x.npy and {Test}_y.npy");
        var test = FiniteInputs.Of(form, Test, form.Read(Test));
        if (trained is not null) ColumnNames.Check(form.Name(Test, "x"), test.Columns, trained);
        return (test.ToSamples(test.Clusters), test.Conversions);
    });

    /// <summary>Reads the inputs of samples whose classes are not known; all labels are 0.</summary>
    /// <param name="path">A file of samples, or a folder with those of test.</param>
    /// <param name="trained">The data that the model was trained on; its columns are those of the samples.</param>
    /// <returns>The samples, and what was converted.</returns>
    /// <exception cref="DataFileException">The file is missing, malformed, or has values or columns that are not allowed.</exception>
    internal static (Samples<float> Samples, ImmutableArray<string> Conversions) ReadInputs(string path, DataSpec? trained = null)
    {
        if (!File.Exists(path) && !Directory.Exists(path)) throw new DataFileException($"{path}: no such file or folder");
        return Refused(() =>
        {
            var form = File.Exists(path) ? SampleForms.OfFile(path) : SampleForms.Of(path, Test);
            Require(form, Test, "x", $"needs {Test}_x.npy");
            var inputs = FiniteInputs.Of(form, Test, form.ReadInputs(Test));
            if (trained is not null) ColumnNames.Check(form.Name(Test, "x"), inputs.Columns, trained);
            return (inputs.ToSamples(1), inputs.Conversions);
        });
    }

    /// <summary>Reads the files of a specification, not standardized, and checks that they have not changed.</summary>
    /// <param name="spec">The specification's data.</param>
    /// <exception cref="DataFileException">The files are not valid, or do not match the specification.</exception>
    internal static Dataset<float> Read(DataSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var hasFiles = spec.ValidationSha256.Length > 0;
        var (data, found) = Read(spec.Path, hasFiles);
        if (found.Sha256 != spec.Sha256)
            throw new DataFileException($"{spec.Path}: the files have changed: the SHA-256 of their content is {found.Sha256}, but the specification has {spec.Sha256}");
        if (found.ValidationSha256 != spec.ValidationSha256)
            throw new DataFileException($"{spec.Path}: the validation files have changed: the SHA-256 of their content is {(found.ValidationSha256.Length == 0 ? "none" : found.ValidationSha256)}, but the specification has {spec.ValidationSha256}");
        if (!hasFiles && spec.Validation > 0 && spec.Validation < found.Train)
        {
            var (train, validation) = ValidationSplit.Of(data.Train, spec.Validation);
            (data, found) = (data with { Train = train, Validation = validation }, found with { Train = train.Count, Validation = validation.Count });
        }

        return found with { ClassNames = spec.ClassNames, Columns = spec.Columns, Standardize = spec.Standardize } == spec ? data : throw new DataFileException($"{spec.Path}: the files are not what the specification says: {Sizes(found)}, not {Sizes(spec)}");
    }

    private static string Sizes(DataSpec spec) => $"{spec.Train} + {spec.Test}{(spec.Validation == 0 ? "" : $" + {spec.Validation}")} samples of {spec.Patches} x {spec.Dim} in {spec.Clusters} clusters";

    /// <summary>Checks that all parts are there that training needs.</summary>
    /// <param name="form">The files.</param>
    /// <exception cref="DataFileException">A part is missing.</exception>
    internal static void RequireAll(ISampleForm form)
    {
        foreach (var set in (string[])[Train, Test])
        {
            foreach (var part in (string[])["x", "y"]) Require(form, set, part);
        }
    }

    /// <summary>Checks that a part is there.</summary>
    /// <param name="form">The files.</param>
    /// <param name="set">train, test or val.</param>
    /// <param name="part">x or y.</param>
    /// <param name="needs">What a folder needs, for the error line.</param>
    /// <exception cref="DataFileException">The part is missing.</exception>
    internal static void Require(ISampleForm form, string set, string part, string needs = $"needs {Train}_x.npy, {Train}_y.npy, {Test}_x.npy and {Test}_y.npy")
    {
        if (form.Has(set, part)) return;
        var name = form.Name(set, part);
        var missing = name.Entry is null ? "no such file" : "no such array";
        throw new DataFileException($"{name}: {missing}; a folder of data {needs}, or the same as IDX, .npz or CSV files");
    }

    /// <summary>Checks that training and test samples have the same size, inputs and knowledge of clusters.</summary>
    /// <param name="form">The files.</param>
    /// <param name="train">The training samples.</param>
    /// <param name="test">The test samples.</param>
    /// <exception cref="DataFileException">The samples differ.</exception>
    internal static void RequireSameSamples(ISampleForm form, SampleFiles train, SampleFiles test)
    {
        RequireSameSizes(form, train, Test, test);
        if (train.Cluster is null == test.Cluster is null) return;
        var (present, absent) = train.Cluster is null ? (Test, Train) : (Train, Test);
        throw new DataFileException($"{form.Name(absent, "cluster")}: no such {(form.Name(Test, "x").Entry is null ? "file" : "array")}, but there is {form.Name(present, "cluster").Short}; add it, or remove the other");
    }

    private static void RequireSameSizes(ISampleForm form, SampleFiles train, string set, SampleFiles test)
    {
        var (expected, got) = (form.Name(Train, "x").Short, form.Name(set, "x"));
        if ((test.Patches, test.Dim) != (train.Patches, train.Dim))
            throw new DataFileException($"{got}: samples must be {train.Patches} x {train.Dim} (patches x dim), as those of {expected}, got {test.Patches} x {test.Dim}{(test.Patches * test.Dim == train.Patches * train.Dim ? got.Mend($".reshape(-1, {train.Patches}, {train.Dim})") : "")}");
        var other = Enumerable.Range(0, train.Columns.Length).FirstOrDefault(i => train.Columns[i] != test.Columns[i], -1);
        if (other >= 0)
            throw new DataFileException($"{got}: columns must be those of {expected} in the same order, got {SpecField.Quote(test.Columns[other])} where {SpecField.Quote(train.Columns[other])} is; reorder or rename them");
    }

    /// <summary>Reads a folder; what cannot be read is a <see cref="DataFileException"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="read">Reads it.</param>
    internal static T Checked<T>(string folder, Func<T> read)
    {
        if (File.Exists(folder)) throw new DataFileException($"{folder}: is a file; name its folder");
        return Directory.Exists(folder) ? Refused(read) : throw new DataFileException($"{folder}: no such folder");
    }

    private static T Refused<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnreadableFileException refusal)
        {
            throw new DataFileException(refusal.Message, refusal);
        }
    }

    /// <summary>Hashes the values, not their encoding: labels of int32 or int64 are the same data, and so are inputs of uint8 or their 255th in float32.</summary>
    internal static string Hash(SampleFiles train, SampleFiles test) => Hash((Train, train), (Test, test));

    private static string Hash(params ReadOnlySpan<(string Set, SampleFiles Files)> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (set, files) in sets)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{set} {files.Count} {files.Patches} {files.Dim}{(files.Cluster is null ? "" : " clusters")}\n"));
            LittleEndian.AppendTo(hash, files.Inputs.Span);
            LittleEndian.AppendTo<int>(hash, files.Labels);
            LittleEndian.AppendTo<int>(hash, files.Cluster);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
