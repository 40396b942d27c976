using Orleans.Serialization.Cloning;

namespace MoeOrleans.Grains.Wire;

/// <summary>Passes a <see cref="WireTensor{T}"/> as it is: it never changes after it was sent.</summary>
/// <typeparam name="T">An unmanaged number type.</typeparam>
[RegisterCopier]
internal sealed class WireTensorCopier<T> : IDeepCopier<WireTensor<T>?>
    where T : unmanaged
{
    /// <inheritdoc/>
    public WireTensor<T>? DeepCopy(WireTensor<T>? input, CopyContext context) => input;
}
