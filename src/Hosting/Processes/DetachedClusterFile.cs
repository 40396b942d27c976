using System.Text.Json;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Hosting.Processes;

/// <summary>The file that lists the silos of the local cluster. It may hold the password of Redis, so only its owner may read it.</summary>
internal static class DetachedClusterFile
{
    /// <summary>The version written now.</summary>
    public const int Format = 2;

    private const string WhatToDo = "end the processes of moe-silo if there are any, and delete the file";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The cluster; null if there is no file.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read, or is of another version.</exception>
    public static DetachedCluster? Read(string path)
    {
        if (Directory.Exists(path)) throw new ConfigurationException($"{path}: is a folder, where the file of the local cluster belongs; move it away");
        if (!File.Exists(path)) return null;
        try
        {
            var text = RegularFile.ReadText(path);
            var format = JsonSerializer.Deserialize<Versioned>(text, s_json)?.Format;
            if (format != Format)
                throw new ConfigurationException($"{path}: is of {(format is null ? "no known version" : $"version {format}")} and this is version {Format}: stop the cluster with the moe that started it; or {WhatToDo}");
            var cluster = JsonSerializer.Deserialize<DetachedCluster>(text, s_json)!;
            return cluster.Silos.All(silo => silo is { Options: not null }) ? cluster : throw new JsonException();
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException($"{failure.Message}; {WhatToDo}");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new ConfigurationException($"{path}: is damaged; {WhatToDo}");
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cluster">The cluster.</param>
    public static void Write(string path, DetachedCluster cluster)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // The mode is that of a new file only. A command that is killed while it writes must not leave half a file.
        var draft = $"{path}.new";
        File.Delete(draft);
        using (var stream = new FileStream(draft, options)) JsonSerializer.Serialize(stream, cluster, s_json);
        File.Move(draft, path, overwrite: true);
    }

    private sealed record Versioned(int? Format = null);
}
