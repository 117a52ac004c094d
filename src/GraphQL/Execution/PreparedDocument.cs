using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;
using EventSourcedAnalytics.GraphQL.Validation;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>A document that is parsed and validated, or the errors that came of it.</summary>
internal sealed class PreparedDocument
{
    private static readonly Dictionary<string, FragmentDefinitionNode> s_noFragments = [];

    private PreparedDocument(DocumentNode? document, IReadOnlyList<GraphQLError> errors)
    {
        Document = document;
        Errors = errors;
        Fragments = document is null
            ? s_noFragments
            : document.Definitions.OfType<FragmentDefinitionNode>().DistinctBy(f => f.Name.Value).ToDictionary(f => f.Name.Value, StringComparer.Ordinal);
    }

    public DocumentNode? Document { get; }

    public IReadOnlyList<GraphQLError> Errors { get; }

    public IReadOnlyDictionary<string, FragmentDefinitionNode> Fragments { get; }

    public static PreparedDocument Prepare(byte[] utf8, Schema schema, GraphQLOptions options)
    {
        if (utf8.Length > options.MaxDocumentBytes)
        {
            var tooLong = new GraphQLError($"The document has {utf8.Length} bytes; at most {options.MaxDocumentBytes} are taken.");
            return new PreparedDocument(null, [tooLong.WithCode(ErrorCodes.LimitExceeded)]);
        }
        try
        {
            var document = Parser.ParseDocument(utf8, options.MaxTokens);
            var errors = DocumentValidator.Validate(schema, document, options);
            return new PreparedDocument(document, [.. errors.Select(error => error.Extensions is null ? error.WithCode(ErrorCodes.ValidationFailed) : error)]);
        }
        catch (GraphQLSyntaxException error)
        {
            var located = new GraphQLError(error.Message) { Locations = [error.Location] };
            return new PreparedDocument(null, [located.WithCode(ErrorCodes.ParseFailed)]);
        }
    }

    /// <summary>GetOperation. Section 6.1 of the specification.</summary>
    public (OperationDefinitionNode? Operation, GraphQLError? Error) GetOperation(string? name)
    {
        var operations = Document!.Definitions.OfType<OperationDefinitionNode>().ToList();
        if (name is null)
        {
            return operations.Count switch
            {
                0 => (null, new GraphQLError("Must provide an operation.").WithCode(ErrorCodes.BadUserInput)),
                1 => (operations[0], null),
                _ => (null, new GraphQLError("Must provide operation name if query contains multiple operations.").WithCode(ErrorCodes.BadUserInput)),
            };
        }
        return operations.LastOrDefault(operation => operation.Name?.Value == name) is { } named
            ? (named, null)
            : (null, new GraphQLError($"Unknown operation named \"{name}\".").WithCode(ErrorCodes.BadUserInput));
    }
}
