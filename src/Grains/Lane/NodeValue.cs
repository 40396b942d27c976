using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Lane;

/// <summary>The value of a node of the reduction tree.</summary>
/// <param name="Node">The node.</param>
/// <param name="Value">Its sum, or null where the node is absent.</param>
internal readonly record struct NodeValue(TreeNode Node, float[]? Value);
