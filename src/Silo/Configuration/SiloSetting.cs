namespace MoeOrleans.Silo.Configuration;

/// <summary>A setting of moe-silo.</summary>
/// <param name="Name">Its key in the section Moe of a settings file; MOE__NAME in the environment.</param>
/// <param name="Option">Its option on the command line.</param>
/// <param name="Value">What help calls the value.</param>
/// <param name="Meaning">What it means, and which values are allowed.</param>
internal sealed record SiloSetting(string Name, string Option, string Value, string Meaning)
{
    /// <summary>The section of the settings file.</summary>
    public const string Section = "Moe";

    public const string SiloName = "Name";
    public const string SiloPort = "SiloPort";
    public const string GatewayPort = "GatewayPort";
    public const string AdvertisedAddress = "AdvertisedAddress";
    public const string ListenAddress = "ListenAddress";
    public const string ClusterId = "ClusterId";
    public const string Clustering = "Clustering";
    public const string Primary = "Primary";
    public const string Redis = "Redis";
    public const string TlsFolder = "TlsFolder";
    public const string Threads = "Threads";
    public const string HttpPort = "HttpPort";
    public const string LogFormat = "LogFormat";
    public const string DrainSeconds = "DrainSeconds";
    public const string WaitSeconds = "WaitSeconds";
    public const string DataFolder = "DataFolder";
    public const string ExpertsFrom = "ExpertsFrom";
    public const string MetricsExperts = "MetricsExperts";
    public const string OrleansSpans = "OrleansSpans";
    public const string PagePort = "PagePort";
    public const string PageAddress = "PageAddress";
    public const string PageTokenFile = "PageTokenFile";
    public const string PageHosts = "PageHosts";
    public const string OrleansDashboard = "OrleansDashboard";

    /// <summary>Every setting.</summary>
    public static IReadOnlyList<SiloSetting> All { get; } =
    [
        new(SiloName, "--name", "NAME", "Name of this silo; no other silo of the cluster may have it (default: the machine's name and the silo port)"),
        new(SiloPort, "--silo-port", "PORT", "Port for other silos (default 11111)"),
        new(GatewayPort, "--gateway-port", "PORT", "Port for clients, such as moe (default 30000)"),
        new(AdvertisedAddress, "--advertised-address", "HOST", "IP address or host that silos and clients connect to (default 127.0.0.1)"),
        new(ListenAddress, "--listen-address", "HOST", "IP address or host that the silo's ports are opened at; 0.0.0.0 or :: for all of the machine (default: the advertised address)"),
        new(ClusterId, "--cluster-id", "ID", "The cluster it belongs to (default moe)"),
        new(Clustering, "--clustering", "KIND", "Where the cluster lists its silos: development (in the first silo; default) or redis"),
        new(Primary, "--primary", "HOST:PORT", "With development: address or host and silo port of the first silo (default: this silo is the first)"),
        new(Redis, "--redis", "CONNECTION", "With redis: connection string for StackExchange.Redis (default localhost:6379). Other users can read a command line: give a password in the environment"),
        new(TlsFolder, "--tls-folder", "DIR", "Folder with tls.crt (DNS name moe-silo), tls.key and ca.crt: silos and clients then connect by mutual TLS (default: no TLS)"),
        new(Threads, "--threads", "N", "Compute threads, 1 to 256 (default: the number of cores)"),
        new(HttpPort, "--http-port", "PORT", "Port of /health/startup, /health/live, /health/ready and /metrics, 0 for none (default 8080)"),
        new(LogFormat, "--log-format", "FORMAT", "Log on standard output: text (default) or json, one object a line"),
        new(DrainSeconds, "--drain-seconds", "N", "How long a stopping silo waits at most until its experts have moved to other silos, 0 to 3600 (default 30)"),
        new(WaitSeconds, "--wait-seconds", "N", "How long a starting silo waits at most for Redis, for the first silo, or until the cluster lists no other silo of its name, 0 to 3600 (default 0: it ends at once)"),
        new(DataFolder, "--data-folder", "DIR", "Folder through which the silos of this machine share the data sets they generate or convert, so that memory holds each once (default: each silo has its own)"),
        new(ExpertsFrom, "--experts-from", "FILE", "Assembly (.dll) with further kinds of expert; every silo of a run needs the same file (default: none)"),
        new(MetricsExperts, "--metrics-experts", "N", "Experts of a run that have metrics of their own, 0 to 4096; the others are one series (default 64)"),
        new(OrleansSpans, "--orleans-spans", "on|off", "Whether traced steps also have Orleans' own spans, two for each call (default off)"),
        new(PagePort, "--page-port", "PORT", "Port of the live page of the cluster's runs, 0 for none (default 0)"),
        new(PageAddress, "--page-address", "HOST", "IP address or host that the live page is served at (default 127.0.0.1); another than loopback needs --page-token-file"),
        new(PageTokenFile, "--page-token-file", "FILE", "File with the token that browsers need for the live page, 32 characters or more (default: none on loopback)"),
        new(PageHosts, "--page-hosts", "NAMES", "Host names by which browsers may ask for the live page besides its address, with commas between (default: none)"),
        new(OrleansDashboard, "--orleans-dashboard", "on|off", "Whether the live page's port also has Orleans' own dashboard, at /orleans/; needs to be on on every silo, and costs a little of each call (default off)"),
    ];

    /// <summary>Its key in a configuration.</summary>
    public string Key => $"{Section}:{Name}";

    /// <summary>Its variable in the environment.</summary>
    public string Variable => $"{Section}__{Name}".ToUpperInvariant();
}
