using System.Globalization;
using System.Text.Json;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Bench.Planning;

/// <summary>Reads and writes constants as JSON: a file that the user names, the last measurement in the state folder, or those of this program.</summary>
internal static class ConstantsFile
{
    private const string Name = "plan-constants.json";
    private const string BuiltInResource = "MoeOrleans.Bench.Planning.built-in-constants.json";
    private const int MaxLength = 1 << 20;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Where the last measurement is kept.</summary>
    public static string LastMeasured => Path.Combine(StateFolder.FullPath, Name);

    /// <summary>The constants that lie in this program.</summary>
    public static MachineConstants BuiltIn
    {
        get
        {
            using var resource = typeof(ConstantsFile).Assembly.GetManifestResourceStream(BuiltInResource)!;
            return JsonSerializer.Deserialize<MachineConstants>(resource, s_options)!;
        }
    }

    /// <summary>Reads constants.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">What names the file: errors begin with it.</param>
    /// <exception cref="ConfigurationException">There is no such file, or it has no constants that this program understands.</exception>
    public static MachineConstants Read(string path, string option)
    {
        const string Fix = "'moe plan --measure' writes one";
        string text;
        try
        {
            if (!File.Exists(path)) throw new ConfigurationException($"{option}: there is no file '{path}'; {Fix}");
            if (new FileInfo(path).Length > MaxLength) throw new ConfigurationException($"{option}: '{path}' is larger than any file of constants; {Fix}");
            text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{option}: cannot read '{path}': {failure.Message.ReplaceLineEndings(" ")}");
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            var format = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("format", out var value) && value.TryGetInt32(out var number) ? number : (int?)null;
            if (format is null) throw new JsonException("it has no format");
            if (format != MachineConstants.CurrentFormat)
                throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{path}' has format {format}, this program reads {MachineConstants.CurrentFormat}; {Fix}"));
            var constants = json.RootElement.Deserialize<MachineConstants>(s_options)!;
            return constants.Experts.IsDefaultOrEmpty || constants.Optimisers.Adam.Points.IsDefaultOrEmpty || constants.Optimisers.GradientDescent.Points.IsDefaultOrEmpty
                ? throw new JsonException("a list is empty") : constants;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new ConfigurationException($"{option}: '{path}' is no file of constants: {failure.Message.ReplaceLineEndings(" ")}; {Fix}");
        }
    }

    /// <summary>Checks that constants can be written, before they are measured.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">What names the file: errors begin with it.</param>
    /// <exception cref="ConfigurationException">The file cannot be written.</exception>
    public static void CheckWritable(string path, string option) => Written(path, option, () =>
    {
        if (Directory.Exists(path)) throw new IOException("it is a folder");
        File.WriteAllText(Part(path), "");
        File.Delete(Part(path));
    });

    /// <summary>Writes constants, completely or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="constants">The constants.</param>
    /// <param name="option">What names the file: errors begin with it.</param>
    /// <exception cref="ConfigurationException">The file cannot be written.</exception>
    public static void Write(string path, MachineConstants constants, string option) => Written(path, option, () =>
    {
        File.WriteAllText(Part(path), $"{JsonSerializer.Serialize(constants, s_options)}\n");
        File.Move(Part(path), path, overwrite: true);
    });

    private static string Part(string path) => $"{path}.part";

    private static void Written(string path, string option, Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{option}: cannot write '{path}': {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
