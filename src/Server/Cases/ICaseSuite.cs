namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Checks the cases of one suite, whichever way the answers come.</summary>
public interface ICaseSuite
{
    /// <summary>The suite's name, as in its file.</summary>
    string Name { get; }

    /// <summary>Asks one question and compares the answer.</summary>
    /// <param name="data">The case.</param>
    /// <param name="check">The question and what must come out.</param>
    /// <param name="path">Where the answer comes from: <c>folds</c>, <c>graphql</c>, <c>explorer</c>.</param>
    /// <param name="differences">Takes what differs.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="CaseUnsupportedException">The question can't be asked this way.</exception>
    Task CheckAsync(CaseData data, CaseCheck check, string path, CaseDifferences differences, CancellationToken cancellation);
}

/// <summary>Answers the questions of one suite on one path.</summary>
/// <typeparam name="TAnswer">What the suite compares.</typeparam>
public interface ICaseAnswers<TAnswer>
{
    /// <summary>The path: <c>folds</c>, <c>graphql</c>, <c>explorer</c>.</summary>
    string Path { get; }

    /// <summary>Answers one question over the events of a case; what is expected tells only which persons the answer has to name.</summary>
    /// <exception cref="CaseUnsupportedException">The question can't be asked this way.</exception>
    Task<TAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation);
}

/// <summary>A suite: how to compare an answer, and where answers come from.</summary>
/// <typeparam name="TAnswer">What is compared.</typeparam>
public abstract class CaseSuite<TAnswer>(string name, params IReadOnlyList<ICaseAnswers<TAnswer>> answers) : ICaseSuite
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task CheckAsync(CaseData data, CaseCheck check, string path, CaseDifferences differences, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var source = answers.FirstOrDefault(source => source.Path == path) ?? throw new CaseUnsupportedException($"the suite has no path '{path}'");
        Compare(await source.AnswerAsync(data, check, cancellation), check, differences);
    }

    /// <summary>Compares an answer with what the check expects; what is absent there is not asserted.</summary>
    protected abstract void Compare(TAnswer answer, CaseCheck check, CaseDifferences differences);
}

/// <summary>A question that can't be asked: reported as unsupported with this reason, never as passed.</summary>
public sealed class CaseUnsupportedException(string message, Exception? inner = null) : Exception(message, inner);
