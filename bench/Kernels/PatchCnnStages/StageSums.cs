namespace MoeOrleans.Kernels.PatchCnnStages;

/// <summary>What one stage of the kernel computes for one expert: docs/kernels.md compares the stages.</summary>
/// <param name="Gradient">Gradient of the summed loss, laid out as the expert's weights.</param>
/// <param name="GateGradients">d loss / d gate of each sample.</param>
internal sealed record StageSums(float[] Gradient, float[] GateGradients)
{
    /// <summary>Sum of the losses, in sample order.</summary>
    public double Loss { get; set; }

    /// <summary>Samples whose class was predicted.</summary>
    public int Hits { get; set; }

    /// <summary>Fails unless another stage has computed the same bits.</summary>
    /// <param name="name">The other stage.</param>
    /// <param name="other">Its results.</param>
    /// <exception cref="InvalidOperationException">A bit differs.</exception>
    public void MustEqual(string name, StageSums other)
    {
        if (!Bits(Gradient).SequenceEqual(Bits(other.Gradient)) || !Bits(GateGradients).SequenceEqual(Bits(other.GateGradients)) || Loss != other.Loss || Hits != other.Hits)
            throw new InvalidOperationException($"{name} computes other bits than the scalar reference: loss {other.Loss:r} instead of {Loss:r}, {other.Hits} hits instead of {Hits}.");
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
