using System.Collections.Immutable;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Evaluation;

/// <summary>What a file of predictions has in addition to class and expert.</summary>
/// <param name="Probabilities">Whether it has the probability of each class.</param>
/// <param name="RouterScores">Whether it has the gate, and the router's score of each expert.</param>
/// <param name="TopExperts">How many experts of the largest scores it has, each with the router's probability of it.</param>
internal sealed record PredictionColumns(bool Probabilities, bool RouterScores, int TopExperts)
{
    /// <summary>Number of values of a sample.</summary>
    /// <param name="model">The model.</param>
    public int Count(ModelSpec model) => (Probabilities ? Math.Max(2, model.Outputs) : 0) + (RouterScores ? 1 + model.Experts : 0) + (2 * TopExperts);

    /// <summary>Names of the columns.</summary>
    /// <param name="model">The model.</param>
    /// <param name="classes">Names of the classes; their numbers stand for those that have none.</param>
    public IEnumerable<string> Names(ModelSpec model, ImmutableArray<string> classes)
    {
        if (Probabilities)
        {
            for (var c = 0; c < Math.Max(2, model.Outputs); c++) yield return $"p_{(c < classes.Length ? classes[c] : $"{c}")}";
        }

        if (RouterScores)
        {
            yield return "gate";
            for (var m = 0; m < model.Experts; m++) yield return $"score_{m}";
        }

        for (var k = 1; k <= TopExperts; k++)
        {
            yield return $"top{k}_expert";
            yield return $"top{k}_p";
        }
    }

    /// <summary>The values of one sample.</summary>
    /// <param name="outputs">What the model computes.</param>
    /// <param name="classified">Class, expert and gate of each sample.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="values">Receives <see cref="Count"/> values.</param>
    public void Write(MixtureOutputs outputs, Classification classified, int sample, Span<float> values)
    {
        var at = 0;
        if (Probabilities)
        {
            Span<double> probabilities = new double[outputs.Classes];
            outputs.Probabilities(sample, probabilities);
            foreach (var probability in probabilities) values[at++] = (float)probability;
        }

        if (!RouterScores && TopExperts == 0) return;
        var scores = outputs.Scores(sample).ToArray();
        if (RouterScores)
        {
            values[at++] = classified.Gate[sample];
            scores.CopyTo(values[at..]);
            at += scores.Length;
        }

        var shares = Array.ConvertAll(scores, score => (double)score);
        MixtureOutputs.Softmax(shares);
        // A stable order: of equal scores the first expert, as the router chooses.
        foreach (var m in Enumerable.Range(0, scores.Length).OrderByDescending(m => scores[m]).Take(TopExperts))
        {
            values[at++] = m;
            values[at++] = (float)shares[m];
        }
    }
}
