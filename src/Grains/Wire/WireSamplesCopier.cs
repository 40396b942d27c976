using Orleans.Serialization.Cloning;

namespace MoeOrleans.Grains.Wire;

/// <summary>Passes <see cref="WireSamples"/> as they are: they never change after they were sent.</summary>
[RegisterCopier]
internal sealed class WireSamplesCopier : IDeepCopier<WireSamples?>
{
    /// <inheritdoc/>
    public WireSamples? DeepCopy(WireSamples? input, CopyContext context) => input;
}
