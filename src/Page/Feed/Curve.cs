using System.Collections.Immutable;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Page.Feed;

/// <summary>The curves of a run as at most <see cref="MaxPoints"/> points, each the mean of as many steps.</summary>
internal sealed class Curve
{
    /// <summary>The most points: more than a screen has.</summary>
    public const int MaxPoints = 2000;

    private readonly List<double?[]> _points = [];
    private readonly List<StepRecord> _pending = [];
    private object _version = new();

    /// <summary>Steps of a point.</summary>
    public int Stride { get; private set; } = 1;

    /// <summary>Steps added.</summary>
    public int Steps { get; private set; }

    /// <summary>The points now.</summary>
    public CurvePoints Now => new(_version, Stride, [.. _points]);

    /// <summary>Adds steps.</summary>
    /// <param name="records">The steps that follow.</param>
    public void Add(IEnumerable<StepRecord> records)
    {
        foreach (var record in records)
        {
            Steps++;
            _pending.Add(record);
            if (_pending.Count < Stride) continue;
            _points.Add(Mean(_pending));
            _pending.Clear();
            if (_points.Count >= MaxPoints) Halve();
        }
    }

    /// <summary>Forgets all: the run goes back to step 0.</summary>
    public void Clear()
    {
        _points.Clear();
        _pending.Clear();
        (Stride, Steps) = (1, 0);
        _version = new object();
    }

    private static double?[] Mean(List<StepRecord> steps) =>
    [
        steps[0].Step, Round(steps.Average(step => step.Loss)), Round(steps.Average(step => step.Accuracy)), Round(steps.Average(step => step.Entropy)),
        Round(steps.Average(step => step.StepMilliseconds)),
    ];

    // Losses range over many powers of ten: digits are kept, not decimal places. JSON has no infinity.
    private static double? Round(double value) => double.IsFinite(value) ? (double)(float)value : null;

    private void Halve()
    {
        Stride *= 2;
        _version = new object();
        for (var i = 0; i < _points.Count / 2; i++)
        {
            var (first, second) = (_points[2 * i], _points[(2 * i) + 1]);
            _points[i] = [first[0], .. Enumerable.Range(1, first.Length - 1).Select(at => (first[at] + second[at]) / 2)];
        }

        _points.RemoveRange(_points.Count / 2, _points.Count - (_points.Count / 2));
    }
}

/// <summary>The points of curves at one moment.</summary>
/// <param name="Version">Another object once earlier points have changed: who has them needs all of them again.</param>
/// <param name="Stride">Steps of a point.</param>
/// <param name="Points">The points.</param>
internal sealed record CurvePoints(object Version, int Stride, ImmutableArray<double?[]> Points)
{
    /// <summary>The points that a browser does not have yet; null if it has all.</summary>
    /// <param name="has">The points that it has; null if it has none.</param>
    public CurveMessage? Since(CurvePoints? has)
    {
        var from = has?.Version == Version ? has.Points.Length : 0;
        return from == Points.Length && has?.Version == Version ? null : new CurveMessage(from, Stride, Points[from..]);
    }
}
