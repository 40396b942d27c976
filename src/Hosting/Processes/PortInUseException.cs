using System.Net;

namespace MoeOrleans.Hosting.Processes;

/// <summary>A port of a silo that another program has.</summary>
/// <param name="option">The option that names the port.</param>
/// <param name="endpoint">Address and port.</param>
internal sealed class PortInUseException(string option, IPEndPoint endpoint)
    : ConfigurationException($"{option}: port {endpoint.Port} is in use at {endpoint.Address}; choose another");
