using Google.Protobuf;
using MoeOrleans.Cli.Export.Onnx;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Cli.Export;

/// <summary>An ONNX graph under construction: each operation adds a node and returns the name of its result.</summary>
internal sealed class OnnxGraph
{
    private const string Samples = "samples";

    private readonly GraphProto _graph = new() { Name = "mixture" };

    /// <summary>The graph.</summary>
    public GraphProto Proto => _graph;

    /// <summary>Adds an input of float32 with any number of samples.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Sizes of a sample.</param>
    public string Input(string name, params int[] shape)
    {
        _graph.Input.Add(Value(name, TensorProto.Types.DataType.Float, shape));
        return name;
    }

    /// <summary>Makes a value an output.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The output's name.</param>
    /// <param name="isInteger">Whether it is int64, not float32.</param>
    /// <param name="shape">Sizes of a sample's output.</param>
    public void Output(string value, string name, bool isInteger, params int[] shape)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { value }, Output = { name } });
        _graph.Output.Add(Value(name, isInteger ? TensorProto.Types.DataType.Int64 : TensorProto.Types.DataType.Float, shape));
    }

    /// <summary>Adds a constant of float32.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The numbers, row by row.</param>
    /// <param name="shape">The sizes.</param>
    public string Constant(string name, ReadOnlySpan<float> values, params int[] shape) =>
        Constant(name, LittleEndian.Bytes(values).ToArray(), TensorProto.Types.DataType.Float, shape);

    /// <summary>Adds a constant of int64: a list of sizes or axes.</summary>
    /// <param name="values">The numbers.</param>
    public string Integers(params long[] values)
    {
        var name = $"integers_{string.Join('_', values)}";
        return _graph.Initializer.Any(tensor => tensor.Name == name) ? name : Constant(name, LittleEndian.Bytes<long>(values).ToArray(), TensorProto.Types.DataType.Int64, [values.Length]);
    }

    /// <summary>Adds an operation.</summary>
    /// <param name="type">Type of the operation.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="attributes">Its attributes: numbers or lists of them.</param>
    public string Add(string type, string[] inputs, params (string Name, long[] Values)[] attributes)
    {
        var name = $"{type}_{_graph.Node.Count}";
        var node = new NodeProto { OpType = type, Name = name, Input = { inputs }, Output = { name } };
        foreach (var (attribute, values) in attributes)
        {
            // A list of one number is a list for the permutation of a transpose alone.
            node.Attribute.Add(attribute == "perm"
                ? new AttributeProto { Name = attribute, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } }
                : new AttributeProto { Name = attribute, Type = AttributeProto.Types.AttributeType.Int, I = values[0] });
        }

        _graph.Node.Add(node);
        return name;
    }

    private string Constant(string name, byte[] bytes, TensorProto.Types.DataType type, int[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        foreach (var size in shape) tensor.Dims.Add(size);
        _graph.Initializer.Add(tensor);
        return name;
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, int[] shape)
    {
        var sizes = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = Samples } } };
        foreach (var size in shape) sizes.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = sizes } } };
    }
}
