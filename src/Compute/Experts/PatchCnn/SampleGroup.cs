using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.PatchCnn;

/// <summary>
/// Eight or sixteen samples of a patch CNN at most, of whatever leaves they are: where they are, what the forward pass leaves of them, and
/// their losses. The losses are computed in stages, between which the tiles of another group's forward pass hide the latency.
/// </summary>
/// <param name="shape">The expert's shape.</param>
/// <param name="classMasks">Which filters serve which class, as <see cref="PatchCnnKernel"/> makes them for all its groups.</param>
internal sealed unsafe class SampleGroup(PatchCnnShape shape, AlignedBuffer<float> classMasks)
{
    /// <summary>Samples of a whole group on any machine at most.</summary>
    public const int LargestSize = 16;

    /// <summary>Stages of the losses, outputs first.</summary>
    public const int Stages = 4;

    private const int Eight = GatedLossVector.Samples;
    private const int Lanes = PatchCnnShape.Lanes;

    private readonly AlignedBuffer<nint> _offsets = new(Size);
    private readonly AlignedBuffer<float> _slopes = new(checked(Size * shape.Patches * shape.Stride));
    private readonly AlignedBuffer<float> _activations = new(Size * shape.Stride);
    private readonly AlignedBuffer<float> _columns = new(Eight * shape.Stride);
    private readonly AlignedBuffer<double> _outputs = new(Size * shape.Outputs);
    private readonly AlignedBuffer<float> _gates = new(Size);
    private readonly AlignedBuffer<int> _labels = new(Size);
    private readonly AlignedBuffer<double> _losses = new(Size);
    private readonly AlignedBuffer<float> _gateGradients = new(Size);
    private readonly AlignedBuffer<float> _outputGradients = new(Size * shape.Outputs);
    private readonly AlignedBuffer<double> _wideGradients = new(Size * shape.Outputs);
    private readonly AlignedBuffer<double> _scratch = new((2 * SoftmaxCrossEntropyOfTwo.Scratch) + (2 * Eight * shape.Outputs));
    private readonly bool _ofTwo = shape.Loss == LossKind.SoftmaxCrossEntropy && shape.Outputs == 2;
    private int _stage;
    private uint _hits;

    /// <summary>
    /// Samples of a whole group. Three groups of sixteen do not fit into a first-level cache of 32 KB: of processors with narrow
    /// vectors many have no more, and eight take 0.8 times the time of sixteen at 512 experts (1.04 at 8).
    /// </summary>
    public static int Size => Vector512.IsHardwareAccelerated ? LargestSize : LargestSize / 2;

    /// <summary>Number of samples.</summary>
    public int Count { get; private set; }

    /// <summary>Where each sample starts, as offsets, since the inputs may be moved between two calls.</summary>
    public nint* Offsets => _offsets.Pointer;

    /// <summary>[samples x patches x filters] pre-activations; sigma's slopes; at last d loss / d pre-activations.</summary>
    public float* Slopes => _slopes.Pointer;

    /// <summary>[samples x filters] sums of sigma over the patches.</summary>
    public float* Activations => _activations.Pointer;

    /// <summary>[2 x outputs x 8] d loss / d outputs.</summary>
    public float* OutputGradients => _outputGradients.Pointer;

    /// <summary>Takes samples of the block, and past its end samples of the next blocks.</summary>
    /// <param name="samples">The block's samples.</param>
    /// <param name="next">Samples of the next blocks.</param>
    /// <param name="start">Number of those, and of those that come next, to pass over.</param>
    public void Take(in BlockSamples<float> samples, in NextSamples<float> next, int start)
    {
        (Count, _stage, _hits) = (0, 0, 0);
        var past = start - samples.Gates.Length;
        if (past < 0) Append(samples.Indexes[start..], samples.Gates[start..], samples.Labels);
        past = Math.Max(past, 0);
        if (past < next.Gates.Length) Append(next.Indexes[past..], next.Gates[past..], samples.Labels);
        // A tile and eight losses may compute samples for nothing, and some may be asked for twice.
        var first = Count == 0 ? 0 : _offsets.Pointer[0];
        for (var s = Count; s < Size; s++) (_offsets.Pointer[s], _gates.Pointer[s], _labels.Pointer[s]) = (first, 0, 0);
    }

    /// <summary>Losses and gradients of a part of the group; needs all stages.</summary>
    /// <param name="first">The first sample.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="loss">What their losses are added to, one after the other.</param>
    /// <param name="gateGradients">Receives d loss / d gate of each.</param>
    /// <returns>The losses' sum, and how many samples are predicted right.</returns>
    public (double Loss, int Hits) Outcome(int first, int count, double loss, Span<float> gateGradients)
    {
        loss = Sum(_losses.Pointer + first, count, loss);
        _gateGradients.Span.Slice(first, count).CopyTo(gateGradients);
        return (loss, BitOperations.PopCount((_hits >> first) & ((1u << count) - 1)));
    }

    // Not inlined: in its caller the sum would live on the stack, where each addition waits for the store of the one before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Sum(double* losses, int count, double sum)
    {
        for (var s = 0; s < count; s++) sum += losses[s];
        return sum;
    }

    /// <summary>Takes no samples.</summary>
    public void Clear() => Count = 0;

    /// <summary>Does the next stage after the forward pass, if there is one left.</summary>
    public void NextStage()
    {
        switch (_stage++)
        {
            case 0: Outputs(); break;
            case 1 when _ofTwo: Probabilities(); break;
            case 1: AnyLosses(); break;
            case 2 when _ofTwo: ProbabilitiesAgain(); break;
            case 3 when _ofTwo: Gradients(); break;
        }
    }

    /// <summary>Does the stages that are left, and turns slopes into gradients.</summary>
    public void FinishLosses()
    {
        while (_stage < Stages) NextStage();
        ScaleSlopes();
    }

    /// <summary>The samples' outputs, where their losses are not wanted.</summary>
    /// <param name="outputs">Receives samples x outputs.</param>
    public void CopyOutputs(Span<float> outputs)
    {
        Outputs();
        for (var s = 0; s < Count; s++)
        {
            var eight = _outputs.Pointer + (s / Eight * Eight * shape.Outputs);
            for (var c = 0; c < shape.Outputs; c++) outputs[(s * shape.Outputs) + c] = (float)eight[(c * Eight) + (s % Eight)];
        }
    }

    /// <summary>Predicted classes, where the losses are not wanted.</summary>
    /// <param name="predictions">Receives them.</param>
    public void Predict(Span<int> predictions)
    {
        Outputs();
        var classes = stackalloc double[Eight];
        for (var s = 0; s < Count; s++)
        {
            if (s % Eight == 0) GatedLossVector.Predict(shape.Outputs, _outputs.Pointer + (s * shape.Outputs), Gates(s), _scratch.Pointer).Store(classes);
            predictions[s] = (int)classes[s % Eight];
        }
    }

    // Labels stay integers and gates floats until they are used: widened here they would wait for what has just been stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append(ReadOnlySpan<int> indexes, ReadOnlySpan<float> gates, ReadOnlySpan<int> labels)
    {
        var length = (nint)shape.Patches * shape.Dim;
        var count = Math.Min(Size - Count, gates.Length);
        var offset = Offsets + Count;
        var gate = _gates.Pointer + Count;
        var label = _labels.Pointer + Count;
        for (var s = 0; s < count; s++)
        {
            var index = indexes[s];
            offset[s] = index * length;
            gate[s] = gates[s];
            label[s] = labels[index];
        }

        Count += count;
    }

    // The sums of the filters' activations, in order; of samples that are not there they are anything.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Outputs()
    {
        for (var s = 0; s < Count; s += Eight)
        {
            var stride = shape.Stride;
            float* columns = _columns.Pointer, activations = Activations + (s * stride);
            for (var f = 0; f < stride; f += Eight) Transpose8.Move(activations + f, stride, columns + (f * Eight), Eight);
            var outputs = _outputs.Pointer + (s * shape.Outputs);
            for (var c = 0; c < shape.Outputs; c++, outputs += Eight)
            {
                var sum = Vector256<float>.Zero;
                for (var j = 0; j < shape.FiltersPerOutput; j++, columns += Eight) sum += Vector256.Load(columns);
                var (lower, upper) = Vector256.Widen(sum);
                Vector512.Create(lower, upper).Store(outputs);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Probabilities()
    {
        var scratch = _scratch.Pointer;
        SoftmaxCrossEntropyOfTwo.Probabilities(_outputs.Pointer, Gates(0), scratch);
        if (Count > Eight) SoftmaxCrossEntropyOfTwo.Probabilities(_outputs.Pointer + (2 * Eight), Gates(Eight), scratch + SoftmaxCrossEntropyOfTwo.Scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ProbabilitiesAgain()
    {
        var scratch = _scratch.Pointer;
        SoftmaxCrossEntropyOfTwo.ProbabilitiesAgain(scratch);
        if (Count > Eight) SoftmaxCrossEntropyOfTwo.ProbabilitiesAgain(scratch + SoftmaxCrossEntropyOfTwo.Scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gradients()
    {
        for (var s = 0; s < Count; s += Eight)
        {
            double* scratch = _scratch.Pointer + (s / Eight * SoftmaxCrossEntropyOfTwo.Scratch), gradients = _wideGradients.Pointer + (2 * s);
            Keep(s, SoftmaxCrossEntropyOfTwo.Gradients(_outputs.Pointer + (2 * s), Gates(s), Labels(s), scratch, gradients), gradients);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AnyLosses()
    {
        for (var s = 0; s < Count; s += Eight)
        {
            double* outputs = _outputs.Pointer + (s * shape.Outputs), gradients = _wideGradients.Pointer;
            Keep(s, GatedLossVector.Evaluate(shape.Loss, shape.Outputs, outputs, Gates(s), Labels(s), gradients, _scratch.Pointer), gradients);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(int first, in GatedLosses losses, double* outputGradients)
    {
        var to = OutputGradients + (first * shape.Outputs);
        for (var c = 0; c < shape.Outputs; c++) Narrow(Vector512.Load(outputGradients + (c * Eight))).Store(to + (c * Eight));
        losses.Loss.Store(_losses.Pointer + first);
        Narrow(losses.GateGradient).Store(_gateGradients.Pointer + first);
        _hits |= (uint)Vector512.Equals(losses.Prediction, Labels(first)).ExtractMostSignificantBits() << first;
    }

    private static Vector256<float> Narrow(Vector512<double> values) => Vector256.Narrow(values.GetLower(), values.GetUpper());

    private Vector512<double> Gates(int first) => Wide(Vector256.Load(_gates.Pointer + first));

    private Vector512<double> Labels(int first) => Wide(Vector256.ConvertToSingle(Vector256.Load(_labels.Pointer + first)));

    private static Vector512<double> Wide(Vector256<float> values)
    {
        var (lower, upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }

    // dz = d loss / d output of the filter's class, times sigma's slope; in place of the slopes. Padding stays 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScaleSlopes()
    {
        var (patches, outputs, perOutput, count) = (shape.Patches, shape.Outputs, shape.FiltersPerOutput, Count);
        nint stride = shape.Stride;
        for (var f = 0; f < stride; f += Lanes)
        {
            var firstClass = f / perOutput;
            var classes = Math.Min(outputs - 1, (f + Lanes - 1) / perOutput) - firstClass + 1;
            float* slope = Slopes + f, gradients = OutputGradients + (firstClass * Eight), masks = classMasks.Pointer + f;
            for (var s = 0; s < count; s++)
            {
                float* ofSample = gradients + ((s & -Eight) * outputs) + (s & (Eight - 1)), mask = masks;
                var outputGradient = Vector512<float>.Zero;
                for (var c = 0; c < classes; c++, ofSample += Eight, mask += stride) outputGradient |= Vector512.Load(mask) & Vector512.Create(*ofSample);
                for (var p = 0; p < patches; p++, slope += stride) (outputGradient * Vector512.Load(slope)).Store(slope);
            }
        }
    }
}
