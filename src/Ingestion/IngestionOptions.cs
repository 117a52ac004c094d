namespace EventSourcedAnalytics.Ingestion;

/// <summary>What an operator may set of the front door.</summary>
public sealed class IngestionOptions
{
    /// <summary>Bytes of a request's body as it comes, compressed or not.</summary>
    public int MaxBodyBytes { get; set; } = 5 * 1024 * 1024;

    /// <summary>Bytes of a request's body after decompression: a small body must not become a large one.</summary>
    public int MaxDecompressedBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>The operator's key, which may import into every project; null = only the projects' own admin keys may.</summary>
    public string? AdminKey { get; set; }
}
