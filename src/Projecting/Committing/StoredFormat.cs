namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>
/// What only the engine reads, its own tables and the states of persons, in the form that this program writes. What older programs wrote it reads or turns into it; what a newer one
/// wrote it must not touch, because it would take for nothing what it doesn't know.
/// </summary>
internal static class StoredFormat
{
    /// <summary>
    /// To be raised where a program from before would misread what is written now.
    /// <list type="bullet">
    /// <item>1: a part of a state is named by its revision.</item>
    /// <item>2: by its revision and the group that it came with.</item>
    /// <item>3: states may stand further back than the checkpoint.</item>
    /// </list>
    /// </summary>
    public const int Current = 3;

    /// <summary>Refuses what a newer program wrote.</summary>
    /// <exception cref="NewerFormatException">It was.</exception>
    public static void Check(int stored)
    {
        if (stored <= Current) return;
        throw new NewerFormatException($"The read models were written by a newer program (format {stored}, this one knows {Current}), and this one would miscount them. " +
            "Start the newer program again, or give this one an empty database: it builds everything anew from the log.");
    }
}

/// <summary>A newer program wrote what this one would go on with.</summary>
public sealed class NewerFormatException(string message) : Exception(message);
