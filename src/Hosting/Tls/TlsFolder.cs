namespace MoeOrleans.Hosting.Tls;

/// <summary>
/// A folder with the certificate of this program, its key, and the authorities that it trusts. Each new connection looks whether the files
/// have changed: connections are rare, and no notification of a file system covers every way in which files are replaced.
/// </summary>
internal sealed class TlsFolder
{
    /// <summary>The variable of the environment that names the folder, for silos and clients.</summary>
    public const string Variable = "MOE__TLSFOLDER";

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TlsRole _role;
    private readonly TimeProvider _time;
    private TlsFiles _files;
    private TlsIdentity _identity;
    private string? _lastFault;

    private TlsFolder(string path, TlsRole role, TimeProvider time)
    {
        (_path, _role, _time) = (path, role, time);
        _files = TlsFiles.Read(path);
        _identity = TlsIdentity.Parse(path, _files, role, time.GetUtcNow());
    }

    /// <summary>The time by which certificates are checked.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Reads a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="role">What its certificate is for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="option">The option, variable or parameter that names it: errors begin with it.</param>
    /// <exception cref="ConfigurationException">There is no such folder, or a file in it is not what it has to be.</exception>
    public static TlsFolder Open(string path, TlsRole role, TimeProvider time, string option)
    {
        try
        {
            return Directory.Exists(path) ? new TlsFolder(Path.GetFullPath(path), role, time)
                : throw new ConfigurationException($"must be a folder with {TlsFiles.CertificateName}, {TlsFiles.KeyName} and {TlsFiles.AuthoritiesName}; got {path.ReplaceLineEndings(" ")}");
        }
        catch (ConfigurationException failure)
        {
            throw new ConfigurationException($"{option}: {failure.Message}");
        }
    }

    /// <summary>What the files say now. If they cannot be used, it is what they said before.</summary>
    /// <param name="renewed">Called if the files have changed.</param>
    /// <param name="faulty">Called with the reason if the files cannot be used, once for each reason.</param>
    public TlsIdentity Read(Action<TlsIdentity>? renewed = null, Action<string>? faulty = null)
    {
        lock (_lock)
        {
            try
            {
                var files = TlsFiles.Read(_path);
                if (files != _files)
                {
                    _identity = TlsIdentity.Parse(_path, files, _role, Now);
                    _files = files;
                    renewed?.Invoke(_identity);
                }

                _lastFault = null;
            }
            catch (ConfigurationException fault)
            {
                if (fault.Message != _lastFault) faulty?.Invoke(fault.Message);
                _lastFault = fault.Message;
            }

            return _identity;
        }
    }
}
