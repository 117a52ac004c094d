namespace EventSourcedAnalytics.GraphQL;

/// <summary>Named limits of this room, each with its unit. Those that an operator may want to change are in <see cref="GraphQLOptions"/>.</summary>
public static class Limits
{
    /// <summary>Levels of braces and brackets in one document; deeper ones would exhaust the stack.</summary>
    public const int MaxNestingLevels = 200;

    /// <summary>Errors reported for one document before validation stops.</summary>
    public const int MaxValidationErrors = 100;

    /// <summary>Errors reported for one set of variables before coercion stops.</summary>
    public const int MaxCoercionErrors = 50;

    /// <summary>Comparisons of fields that validation makes for one document before it gives up.</summary>
    public const int MaxFieldComparisons = 500_000;

    /// <summary>Keys that one call of a batch function gets.</summary>
    public const int MaxBatchKeys = 1_000;

    /// <summary>Names that an error message suggests.</summary>
    public const int MaxSuggestions = 5;

    /// <summary>Bytes of one WebSocket message.</summary>
    public const int MaxSocketMessageBytes = 1_048_576;

    /// <summary>Operations that one WebSocket runs at once.</summary>
    public const int MaxSocketOperations = 100;

    /// <summary>Messages that wait for a slow WebSocket before its subscriptions are held back.</summary>
    public const int MaxSocketBufferedMessages = 256;
}
