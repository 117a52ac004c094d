namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What rates are made of; money in minor units, in double precision because rates are divisions.</summary>
internal readonly record struct MrrFigures(
    double Start, double New, double Expansion, double Contraction, double Churn, double Reactivation, double End, long CustomersStart, long CustomersChurned, long CustomersEnd);

/// <summary>The rates of one period, 0 to 1 (or beyond); each is null when its denominator is 0.</summary>
/// <param name="GrossMrrChurn">(churn + contraction) / start.</param>
/// <param name="NetMrrChurn">(churn + contraction - expansion - reactivation) / start.</param>
/// <param name="CustomerChurn">Persons lost / persons at the start.</param>
/// <param name="Grr">(start - contraction - churn) / start.</param>
/// <param name="Nrr">(start + expansion - contraction - churn) / start; without reactivation.</param>
/// <param name="QuickRatio">(new + expansion + reactivation) / (contraction + churn).</param>
/// <param name="Arpa">Closing MRR / closing paying persons, in minor units.</param>
/// <param name="Ltv">Arpa * gross margin / customer churn, in minor units.</param>
/// <param name="Arr">12 * closing MRR, in minor units.</param>
public sealed record MrrRates(
    double? GrossMrrChurn, double? NetMrrChurn, double? CustomerChurn, double? Grr, double? Nrr, double? QuickRatio, double? Arpa, double? Ltv, double Arr)
{
    internal static MrrRates Of(in MrrFigures of, double grossMargin, double? givenArpa = null, double? givenCustomerChurn = null)
    {
        var lost = of.Churn + of.Contraction;
        var customerChurn = givenCustomerChurn ?? Divide(of.CustomersChurned, of.CustomersStart);
        var arpa = givenArpa ?? Divide(of.End, of.CustomersEnd);
        return new MrrRates(
            Divide(lost, of.Start),
            Divide(lost - of.Expansion - of.Reactivation, of.Start),
            customerChurn,
            Divide(of.Start - lost, of.Start),
            Divide(of.Start + of.Expansion - lost, of.Start),
            Divide(of.New + of.Expansion + of.Reactivation, lost),
            arpa,
            arpa is null || customerChurn is null ? null : Divide(arpa.Value * grossMargin, customerChurn.Value),
            12 * of.End);
    }

    private static double? Divide(double numerator, double denominator) => denominator == 0 ? null : numerator / denominator;
}
