using System.Numerics;

namespace MoeOrleans.Compute.Reduction;

/// <summary>
/// Joins nodes of the reduction tree upwards to the root, in any order of arrival. Each node may be added once. The fold owns the added
/// arrays and changes them.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class TreeFold<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Few nodes wait at the same time, so a search is faster than a dictionary.
    private readonly List<(TreeNode Node, T[]? Value)> _waiting = [];
    private int _blocks;
    private TreeNode _rootNode;

    /// <summary>Begins a sum.</summary>
    /// <param name="blocks">Number of blocks of the minibatch, at least 1.</param>
    public TreeFold(int blocks) => Restart(blocks);

    /// <summary>Whether every block has been covered.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The sum over all blocks once <see cref="IsComplete"/>; null if every node was absent.</summary>
    public T[]? Root { get; private set; }

    /// <summary>Begins another sum.</summary>
    /// <param name="blocks">Number of blocks of the minibatch, at least 1.</param>
    public void Restart(int blocks)
    {
        _blocks = blocks;
        _rootNode = new TreeNode(ReductionTree.RootLevel(blocks), 0);
        IsComplete = false;
        Root = null;
        _waiting.Clear();
    }

    /// <summary>Adds a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="value">The node's value, or null if the node covers no sample.</param>
    /// <param name="spent">Receives each array that the fold no longer needs, for reuse.</param>
    /// <exception cref="ArgumentException">The node or one that covers it was added before, or lies outside the tree.</exception>
    public void Add(TreeNode node, T[]? value, Action<T[]>? spent = null)
    {
        if (IsComplete || node.Level > _rootNode.Level || node.Start >= _blocks || IsCovered(node))
            throw new ArgumentException($"{node} was added before or lies outside the {_blocks} blocks.", nameof(node));
        while (node != _rootNode)
        {
            var sibling = node.Sibling;
            T[]? other = null;
            if (sibling.Start < _blocks && !TryRemove(sibling, out other))
            {
                _waiting.Add((node, value));
                return;
            }

            var (left, right) = node.Index < sibling.Index ? (value, other) : (other, value);
            if (left is not null && right is not null)
            {
                ReductionTree.Add<T>(left, right);
                spent?.Invoke(right);
            }

            value = left ?? right;
            node = node.Parent;
        }

        Root = value;
        IsComplete = true;
    }

    private bool TryRemove(TreeNode node, out T[]? value)
    {
        var at = Find(node);
        value = at < 0 ? null : _waiting[at].Value;
        if (at < 0) return false;
        _waiting[at] = _waiting[^1];
        _waiting.RemoveAt(_waiting.Count - 1);
        return true;
    }

    private int Find(TreeNode node)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Node == node) return i;
        }

        return -1;
    }

    // An added node waits as itself or as part of a node above it.
    private bool IsCovered(TreeNode node)
    {
        for (; node.Level <= _rootNode.Level; node = node.Parent)
        {
            if (Find(node) >= 0) return true;
        }

        return false;
    }
}
