using Orleans.Configuration;

namespace MoeOrleans.Hosting.Membership;

/// <summary>How long ago a silo of the cluster's list was alive.</summary>
internal static class EntryAge
{
    /// <summary>Whether a silo has not said for so long that it is alive that Orleans does not count on it.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="membership">The settings of the list.</param>
    /// <param name="time">The clock.</param>
    public static bool IsOld(this MembershipEntry entry, ClusterMembershipOptions membership, TimeProvider time)
    {
        var last = entry.IAmAliveTime > entry.StartTime ? entry.IAmAliveTime : entry.StartTime;
        return time.GetUtcNow().UtcDateTime - last > membership.IAmAliveTablePublishTimeout * membership.NumMissedTableIAmAliveLimit;
    }
}
