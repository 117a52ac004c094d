namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>The rates that given movements have, without any event: to check the formulas.</summary>
public sealed record MrrFormulaQuery : RevenueQuestion
{
    /// <summary>The movements.</summary>
    public required MrrFormulaInputs Inputs { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate() => Inputs is null ? ["inputs are missing."] : [];

    /// <summary>The rates.</summary>
    public MrrRates Rates() => MrrRates.Of(Inputs.ToFigures(), Inputs.GrossMargin ?? 1, Inputs.Arpa, Inputs.CustomerChurn);
}

/// <summary>Given movements; money in minor units. What is missing is 0, the closing figures what the movements make them.</summary>
public sealed record MrrFormulaInputs
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

    /// <summary>Part of the revenue that is margin, above 0 to 1.</summary>
    public double? GrossMargin { get; init; }

    /// <summary>MRR per paying person in minor units, if it is given instead of following from the others.</summary>
    public double? Arpa { get; init; }

    /// <summary>Customer churn, 0 to 1, if it is given instead of following from the others.</summary>
    public double? CustomerChurn { get; init; }

    internal MrrFigures ToFigures()
    {
        double start = Start ?? 0, gained = New ?? 0, expansion = Expansion ?? 0, contraction = Contraction ?? 0, churn = Churn ?? 0, reactivation = Reactivation ?? 0;
        long customers = CustomersStart ?? 0, customersNew = CustomersNew ?? 0, churned = CustomersChurned ?? 0, reactivated = CustomersReactivated ?? 0;
        return new MrrFigures(start, gained, expansion, contraction, churn, reactivation, End ?? start + gained + expansion + reactivation - contraction - churn,
            customers, churned, CustomersEnd ?? customers + customersNew + reactivated - churned);
    }
}
