using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Revenue;

/// <summary>Movements of recurring revenue as somebody has or plans them; money in minor units. What is left out is 0, the closing figures are what the movements make them.</summary>
public sealed record MrrRatesInput
{
    /// <summary>MRR before the period.</summary>
    public double? Start { get; init; }

    /// <summary>From persons who never paid before.</summary>
    public double? New { get; init; }

    /// <summary>More from persons who paid before the period.</summary>
    public double? Expansion { get; init; }

    /// <summary>Less from persons who still pay.</summary>
    public double? Contraction { get; init; }

    /// <summary>From persons who no longer pay.</summary>
    public double? Churn { get; init; }

    /// <summary>From persons who pay again.</summary>
    public double? Reactivation { get; init; }

    /// <summary>MRR at the end of the period.</summary>
    public double? End { get; init; }

    /// <summary>Paying persons before the period.</summary>
    public long? CustomersStart { get; init; }

    /// <summary>Persons who pay for the first time.</summary>
    public long? CustomersNew { get; init; }

    /// <summary>Persons who no longer pay.</summary>
    public long? CustomersChurned { get; init; }

    /// <summary>Persons who pay again.</summary>
    public long? CustomersReactivated { get; init; }

    /// <summary>Paying persons at the end of the period.</summary>
    public long? CustomersEnd { get; init; }

    /// <summary>Part of the revenue that is margin, above 0 to 1; default 1.</summary>
    public double? GrossMargin { get; init; }

    /// <summary>MRR per paying person in minor units, if it is given instead of following from the others.</summary>
    public double? Arpa { get; init; }

    /// <summary>Customer churn, 0 to 1, if it is given instead of following from the others.</summary>
    public double? CustomerChurn { get; init; }

    internal MrrFormulaInputs ToInputs() => new()
    {
        Start = Start,
        New = New,
        Expansion = Expansion,
        Contraction = Contraction,
        Churn = Churn,
        Reactivation = Reactivation,
        End = End,
        CustomersStart = CustomersStart,
        CustomersNew = CustomersNew,
        CustomersChurned = CustomersChurned,
        CustomersReactivated = CustomersReactivated,
        CustomersEnd = CustomersEnd,
        GrossMargin = GrossMargin,
        Arpa = Arpa,
        CustomerChurn = CustomerChurn,
    };
}

/// <summary>The rates of given movements; each is null when its denominator is 0.</summary>
/// <param name="GrossChurn">(churn + contraction) / start.</param>
/// <param name="NetChurn">(churn + contraction - expansion - reactivation) / start.</param>
/// <param name="CustomerChurn">Persons lost / persons at the start.</param>
/// <param name="Grr">Gross revenue retention.</param>
/// <param name="Nrr">Net revenue retention.</param>
/// <param name="QuickRatio">(new + expansion + reactivation) / (contraction + churn).</param>
/// <param name="Arpa">Closing MRR by paying persons, in minor units.</param>
/// <param name="Ltv">Arpa * gross margin / customer churn, in minor units.</param>
/// <param name="Arr">Twelve times closing MRR, in minor units.</param>
[GraphQLName("MrrRates")]
public sealed record MrrRatesNode(
    double? GrossChurn, double? NetChurn, double? CustomerChurn, double? Grr, double? Nrr, double? QuickRatio, double? Arpa, double? Ltv, double Arr);

/// <summary>The formulas of recurring revenue, apart from any project.</summary>
[QueryType]
public static class MrrFormulaQueries
{
    /// <summary>The rates that given movements have: to check a figure, or to plan one.</summary>
    public static MrrRatesNode GetMrrRates(MrrRatesInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var rates = new MrrFormulaQuery { Inputs = input.ToInputs() }.Rates();
        return new MrrRatesNode(
            rates.GrossMrrChurn, rates.NetMrrChurn, rates.CustomerChurn, rates.Grr, rates.Nrr, rates.QuickRatio, rates.Arpa, rates.Ltv, rates.Arr);
    }
}
