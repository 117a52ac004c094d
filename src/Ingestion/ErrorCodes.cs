namespace EventSourcedAnalytics.Ingestion;

/// <summary>A code that the front door answers with.</summary>
/// <param name="Code">The code; it never changes its meaning.</param>
/// <param name="Status">The HTTP status of a refused request; null for a single event that is refused while its neighbours pass.</param>
/// <param name="Meaning">What is wrong and what to do.</param>
public sealed record ErrorCode(string Code, int? Status, string Meaning);

/// <summary>All codes of the front door.</summary>
public static class ErrorCodes
{
    private static readonly List<ErrorCode> Known = [];

    /// <summary>No valid write key.</summary>
    public static readonly string Unauthorized = Request("UNAUTHORIZED", 401, "No valid write key: send it as the user name of Basic authentication, or as writeKey in the body.");

    /// <summary>Key used from elsewhere.</summary>
    public static readonly string OriginNotAllowed = Request("ORIGIN_NOT_ALLOWED", 403, "The write key is bound to a domain and the request comes from another; issue a key for that domain.");

    /// <summary>Unknown project.</summary>
    public static readonly string ProjectNotFound = Request("PROJECT_NOT_FOUND", 404, "There is no such project; create it first.");

    /// <summary>Body too large.</summary>
    public static readonly string BodyTooLarge = Request("BODY_TOO_LARGE", 413, "The body is larger than allowed, as sent or after decompression; send smaller batches.");

    /// <summary>Batch too long.</summary>
    public static readonly string TooManyEvents = Request("TOO_MANY_EVENTS", 413, "The batch holds too many events; split it.");

    /// <summary>Wrong content type.</summary>
    public static readonly string UnsupportedMediaType = Request("UNSUPPORTED_MEDIA_TYPE", 415, "The body must be application/json (or text/plain, as browsers' beacons send it), in UTF-8.");

    /// <summary>Wrong content encoding.</summary>
    public static readonly string UnsupportedEncoding = Request("UNSUPPORTED_ENCODING", 415, "The body may be compressed with gzip, deflate or br, by one of them.");

    /// <summary>No JSON.</summary>
    public static readonly string MalformedJson = Request("MALFORMED_JSON", 400, "The body (in an import: the line) is no JSON in UTF-8; the message names the byte where it breaks.");

    /// <summary>JSON of another shape.</summary>
    public static readonly string InvalidBody = Request("INVALID_BODY", 400, "The body is JSON, but no object, or a batch without the array 'batch'.");

    /// <summary>Log did not acknowledge.</summary>
    public static readonly string LogUnavailable = Request("LOG_UNAVAILABLE", 503, "The log did not acknowledge all events; send the same request again: what was taken already is recognised by its messageId.");

    /// <summary>Not an object.</summary>
    public static readonly string NotAnObject = Event("NOT_AN_OBJECT", "A message must be a JSON object.");

    /// <summary>Unknown type.</summary>
    public static readonly string UnknownType = Event("UNKNOWN_TYPE", "A message's type must be track, page, screen, identify, group or alias.");

    /// <summary>Too large.</summary>
    public static readonly string EventTooLarge = Event("EVENT_TOO_LARGE", "The message is larger than allowed; send less in its properties.");

    /// <summary>Too deep.</summary>
    public static readonly string TooDeep = Event("TOO_DEEP", "Properties, context or traits are nested too deeply.");

    /// <summary>Text that can't be stored.</summary>
    public static readonly string InvalidText = Event("INVALID_TEXT", "A text holds the character U+0000 or half of a surrogate pair, which no store takes; remove it.");

    /// <summary>Wrong JSON type.</summary>
    public static readonly string InvalidField = Event("INVALID_FIELD", "A member has the wrong JSON type: ids are texts or numbers; properties, context and traits objects; the rest texts.");

    /// <summary>No customer.</summary>
    public static readonly string CustomerMissing = Event("CUSTOMER_MISSING", "A message needs userId or anonymousId.");

    /// <summary>Alias without user.</summary>
    public static readonly string UserIdMissing = Event("USER_ID_MISSING", "An alias needs userId: the id that stays.");

    /// <summary>Alias without previous id.</summary>
    public static readonly string PreviousIdMissing = Event("PREVIOUS_ID_MISSING", "An alias needs previousId: the id that is the same person as userId.");

    /// <summary>Group without id.</summary>
    public static readonly string GroupIdMissing = Event("GROUP_ID_MISSING", "A group message needs groupId.");

    /// <summary>Track without event.</summary>
    public static readonly string NameMissing = Event("NAME_MISSING", "A track message needs event: the name of what happened.");

    /// <summary>Id too long.</summary>
    public static readonly string IdTooLong = Event("ID_TOO_LONG", "An id is longer than allowed.");

    /// <summary>Name too long.</summary>
    public static readonly string NameTooLong = Event("NAME_TOO_LONG", "The event's, page's or screen's name is longer than allowed.");

    /// <summary>No instant.</summary>
    public static readonly string TimestampInvalid = Event("TIMESTAMP_INVALID", "timestamp, originalTimestamp and sentAt must be RFC 3339, for example 2024-01-10T13:00:00.000Z.");

    /// <summary>In the future.</summary>
    public static readonly string TimestampInFuture = Event("TIMESTAMP_IN_FUTURE", "The message lies more than an hour in the future; set the sender's clock, or send sentAt and originalTimestamp so that it is corrected.");

    /// <summary>Consent denied.</summary>
    public static readonly string ConsentDenied = Event("CONSENT_DENIED", "The message's own context.consent denies analytics; nothing of it is stored but that it came.");

    /// <summary>Refused personal data.</summary>
    public static readonly string PersonalDataRefused = Event("PERSONAL_DATA_REFUSED", "The message carries a key that the project's privacy settings refuse; don't send it.");

    /// <summary>Not in the plan.</summary>
    public static readonly string EventNotPlanned = Event("EVENT_NOT_PLANNED", "The tracking plan doesn't name this event and refuses such; add it to the plan or correct the name.");

    /// <summary>Planned property missing.</summary>
    public static readonly string PropertyMissing = Event("PROPERTY_MISSING", "A property that the tracking plan requires is missing or null.");

    /// <summary>Planned property of another type.</summary>
    public static readonly string PropertyType = Event("PROPERTY_TYPE", "A property has another JSON type than the tracking plan says.");

    /// <summary>Planned property of another value.</summary>
    public static readonly string PropertyValue = Event("PROPERTY_VALUE", "A property has a value that the tracking plan doesn't list.");

    /// <summary>Order without id.</summary>
    public static readonly string OrderIdMissing = Event("ORDER_ID_MISSING", "An order or refund needs order_id, a text or number: it is counted once by it.");

    /// <summary>Bad money.</summary>
    public static readonly string InvalidMoney = Event("INVALID_MONEY", "The amount, currency or terms of an order, refund or subscription can't be read exactly; the message says what to send.");

    /// <summary>Erased customer.</summary>
    public static readonly string CustomerErased = Event("CUSTOMER_ERASED", "The customer was erased; nothing more is taken for this id.");

    /// <summary>All codes, in the order of the documentation.</summary>
    public static IReadOnlyList<ErrorCode> All => Known;

    private static string Request(string code, int status, string meaning) => Add(new ErrorCode(code, status, meaning));

    private static string Event(string code, string meaning) => Add(new ErrorCode(code, null, meaning));

    private static string Add(ErrorCode code)
    {
        Known.Add(code);
        return code.Code;
    }
}
