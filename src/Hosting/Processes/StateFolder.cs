namespace MoeOrleans.Hosting.Processes;

/// <summary>The folder in which the command keeps what outlives it. Only this user may read it: what lies there may hold a password.</summary>
internal static class StateFolder
{
    private const string StateVariable = "XDG_STATE_HOME";
    private const string HomeVariable = "HOME";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder's path; it need not exist.</summary>
    /// <exception cref="ConfigurationException">The environment names no folder.</exception>
    public static string FullPath => OfEnvironment().Path;

    /// <summary>Creates the folder if it does not exist.</summary>
    /// <returns>The folder's path.</returns>
    /// <exception cref="ConfigurationException">The environment names no folder, or the folder cannot be created.</exception>
    public static string Open()
    {
        var (path, variable) = OfEnvironment();
        return Open(path, variable);
    }

    /// <summary>The folder's path, and the variable that decides it.</summary>
    /// <param name="state">XDG_STATE_HOME; null or empty if it is not set.</param>
    /// <param name="home">The user's home; empty if there is none.</param>
    /// <param name="named">What HOME says; null or empty if it is not set.</param>
    /// <exception cref="ConfigurationException">A path is missing or relative.</exception>
    internal static (string Path, string Variable) Resolve(string? state, string home, string? named = null)
    {
        if (!string.IsNullOrEmpty(state)) return (Path.Combine(Absolute(state, StateVariable), "moe-orleans"), StateVariable);
        if (home.Length == 0)
        {
            // .NET gives no folder where the variable names none.
            var fault = string.IsNullOrEmpty(named) ? "is not set" : $"'{named.ReplaceLineEndings(" ")}' is no folder";
            throw new ConfigurationException($"{HomeVariable}: {fault}; set it, or {StateVariable}, to a folder that may be written to");
        }

        return (Path.Combine(Absolute(home, HomeVariable), ".local", "state", "moe-orleans"), HomeVariable);
    }

    /// <summary>Creates the folder if it does not exist.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="variable">The variable that decides it, for the message.</param>
    /// <exception cref="ConfigurationException">The folder cannot be created.</exception>
    internal static string Open(string path, string variable)
    {
        try
        {
            Directory.CreateDirectory(path);
            // An earlier version let everybody read it.
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerOnly) File.SetUnixFileMode(path, OwnerOnly);
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot create the state folder '{path}': {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}; set {StateVariable} to a folder that may be written to{(variable == StateVariable ? "" : $" ({variable} decides it now)")}");
        }
    }

    private static (string Path, string Variable) OfEnvironment() =>
        Resolve(Environment.GetEnvironmentVariable(StateVariable), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.GetEnvironmentVariable(HomeVariable));

    // A relative path would leave files in whatever folder the command runs.
    private static string Absolute(string path, string variable) =>
        Path.IsPathFullyQualified(path) ? path : throw new ConfigurationException($"{variable}: must be an absolute path, got '{path.ReplaceLineEndings(" ")}'");
}
