using System.Collections.Immutable;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;

namespace MoeOrleans.Cli.Evaluation;

/// <summary>What a model predicts, without noise.</summary>
internal sealed class Predictions
{
    private readonly TrainedModel _model;
    private readonly PredictionColumns _columns;
    private readonly MixtureOutputs _outputs;

    /// <summary>Classifies samples.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, standardized if the model's inputs are.</param>
    /// <param name="classNames">Names of the classes; none if they have none.</param>
    /// <param name="columns">What is wanted in addition to class and expert.</param>
    public Predictions(TrainedModel model, Samples<float> samples, ImmutableArray<string> classNames, PredictionColumns columns)
    {
        (_model, ClassNames, _columns) = (model, classNames, columns);
        Classified = Classification.Of(model.Spec, model.Saved.Weights, samples, RoutePurpose.EvaluateWithoutNoise, model.Saved.Version);
        _outputs = new MixtureOutputs(model.Spec, model.Saved.Weights, samples, Classified);
    }

    /// <summary>Class and expert of each sample.</summary>
    public Classification Classified { get; }

    /// <summary>Names of the classes; none if they have none.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>Number of values of a sample in addition to class and expert.</summary>
    public int ExtraCount => _columns.Count(_model.Spec.Model);

    /// <summary>Names of these values.</summary>
    public IEnumerable<string> ExtraNames => _columns.Names(_model.Spec.Model, ClassNames);

    /// <summary>Computes these values.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="values">Receives <see cref="ExtraCount"/> values.</param>
    public void WriteExtra(int sample, Span<float> values) => _columns.Write(_outputs, Classified, sample, values);
}
