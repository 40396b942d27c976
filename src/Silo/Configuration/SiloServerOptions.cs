using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Page;
using MoeOrleans.Telemetry;

namespace MoeOrleans.Silo.Configuration;

/// <summary>The settings of a silo server, checked when they were read.</summary>
/// <param name="Member">The silo as a member of its cluster.</param>
/// <param name="Training">What the silo gives to training.</param>
/// <param name="Tls">The certificates of its connections to silos and clients; null without TLS.</param>
/// <param name="HttpPort">Port of the health and metrics endpoints; 0 for none.</param>
/// <param name="LogFormat">How the silo writes its log.</param>
/// <param name="Export">What telemetry is exported.</param>
/// <param name="OrleansSpans">Whether traces have Orleans' own spans.</param>
/// <param name="Page">Where the live page is served; null if it is not.</param>
/// <param name="OrleansDashboard">Whether the silo takes part in Orleans' dashboard.</param>
internal sealed record SiloServerOptions(
    ClusterMemberOptions Member, MoeOrleansOptions Training, TlsFolder? Tls, int HttpPort, LogFormat LogFormat, ExportSettings Export, bool OrleansSpans, PageSettings? Page, bool OrleansDashboard);
