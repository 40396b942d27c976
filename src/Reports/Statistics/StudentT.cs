namespace MoeOrleans.Reports.Statistics;

/// <summary>Student's t distribution.</summary>
internal static class StudentT
{
    /// <summary>Half the width of a 95 % interval.</summary>
    /// <param name="standardError">Standard error of the estimate.</param>
    /// <param name="degreesOfFreedom">Degrees of freedom, not necessarily whole.</param>
    public static double HalfWidth95(double standardError, double degreesOfFreedom) =>
        standardError * MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, degreesOfFreedom, 0.975);
}
