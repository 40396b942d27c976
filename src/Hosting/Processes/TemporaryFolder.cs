namespace MoeOrleans.Hosting.Processes;

/// <summary>Folders below the system's folder for temporary files.</summary>
internal static class TemporaryFolder
{
    /// <summary>Creates an empty folder that only this user may read.</summary>
    /// <param name="prefix">How its name begins.</param>
    /// <exception cref="ConfigurationException">It cannot be created.</exception>
    public static DirectoryInfo Create(string prefix)
    {
        // A relative path would leave the folder in whatever folder the command runs.
        if (!Path.IsPathFullyQualified(Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } named ? named : Path.GetTempPath()))
            throw new ConfigurationException($"TMPDIR: must be an absolute path, got '{Path.GetTempPath()}'");
        try
        {
            return Directory.CreateTempSubdirectory(prefix);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"TMPDIR: cannot create a folder in '{Path.GetTempPath()}': {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}; set TMPDIR to a folder that may be written to");
        }
    }
}
