namespace EventSourcedAnalytics.Analysis.Folding;

/// <summary>
/// The key of one row of cells: which table of the projection, which revision of which definition, and up to three whole numbers and a text,
/// whose meaning the table declares. No key ever contains a log position.
/// </summary>
/// <param name="Table">Number of the table within its projection, from 0.</param>
/// <param name="Revision">The definition's revision (<see cref="RevisionId"/>).</param>
/// <param name="A">First number.</param>
/// <param name="B">Second number.</param>
/// <param name="C">Third number.</param>
/// <param name="Text">The text; never null.</param>
public readonly record struct CellKey(short Table, long Revision, long A = 0, long B = 0, long C = 0, string Text = "")
{
    private const ulong Mix = 0x9E37_79B9_7F4A_7C15;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // Most rows have no text, and a set of cells is asked for a key with every event of a replay.
        var numbers = ((((((ulong)Revision * Mix) ^ (ulong)A) * Mix) ^ (ulong)B) * Mix) ^ (ulong)C;
        var mixed = (numbers * Mix) + (uint)Table;
        var hash = (int)(mixed ^ (mixed >> 32));
        return Text.Length == 0 ? hash : hash ^ Text.GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>Takes what a fold emits. Contributions are summed, so they can also be taken back.</summary>
public interface ICellSink
{
    /// <summary>Adds to one measure of one row.</summary>
    /// <param name="key">The row.</param>
    /// <param name="measure">Number of the measure within the table, from 0.</param>
    /// <param name="delta">What is added; may be negative.</param>
    void Add(in CellKey key, int measure, Int128 delta);
}

/// <summary>Which part of a <see cref="CellKey"/> a column holds.</summary>
public enum CellPart
{
    /// <summary><see cref="CellKey.A"/>.</summary>
    A,

    /// <summary><see cref="CellKey.B"/>.</summary>
    B,

    /// <summary><see cref="CellKey.C"/>.</summary>
    C,

    /// <summary><see cref="CellKey.Text"/>.</summary>
    Text,
}

/// <summary>How a key column is kept in SQL.</summary>
public enum CellColumnType
{
    /// <summary><c>bigint</c>.</summary>
    Long,

    /// <summary><c>timestamptz</c>; the number is milliseconds since the Unix epoch.</summary>
    Instant,

    /// <summary><c>text</c>.</summary>
    Text,
}

/// <summary>One key column of a table of cells.</summary>
/// <param name="Name">The SQL column.</param>
/// <param name="Part">Where its value comes from.</param>
/// <param name="Type">Its SQL type.</param>
public sealed record CellColumn(string Name, CellPart Part, CellColumnType Type);

/// <summary>
/// A table of cells. In SQL it has the column <c>revision bigint</c>, the key columns, and one column a measure; its primary key is revision and key columns.
/// </summary>
/// <param name="Name">The SQL table, without schema.</param>
/// <param name="Key">Key columns behind <c>revision</c>.</param>
/// <param name="Measures">SQL columns of the measures, <c>bigint</c>, or <c>numeric(38)</c> if <paramref name="Wide"/>.</param>
/// <param name="Wide">True if a sum can outgrow 64 bits.</param>
public sealed record CellTable(string Name, IReadOnlyList<CellColumn> Key, IReadOnlyList<string> Measures, bool Wide = false);

/// <summary>Cells in memory: what a fold emitted, summed.</summary>
public sealed class CellSet : ICellSink
{
    private readonly Dictionary<CellKey, Int128[]> rows = [];
    private readonly IReadOnlyList<CellTable> tables;

    /// <summary>An empty set for the tables of one projection.</summary>
    public CellSet(IReadOnlyList<CellTable> tables) => this.tables = tables;

    /// <summary>The rows; the array holds one sum a measure.</summary>
    public IReadOnlyDictionary<CellKey, Int128[]> Rows => rows;

    /// <inheritdoc/>
    public void Add(in CellKey key, int measure, Int128 delta) => RowOf(key)[measure] += delta;

    /// <summary>The sums of a row, one a measure, to be added to; a row of zeros is made if there is none.</summary>
    public Int128[] RowOf(in CellKey key)
    {
        ref var row = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(rows, key, out _);
        return row ??= new Int128[tables[key.Table].Measures.Count];
    }

    /// <summary>Adds all rows of another set.</summary>
    public void AddAll(CellSet other, int sign = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (key, sums) in other.rows)
            for (var measure = 0; measure < sums.Length; measure++)
                if (sums[measure] != 0) Add(key, measure, sign * sums[measure]);
    }

    /// <summary>One sum; 0 if the row does not exist.</summary>
    public Int128 Get(in CellKey key, int measure) => rows.TryGetValue(key, out var row) ? row[measure] : 0;

    /// <summary>Forgets all rows.</summary>
    public void Clear() => rows.Clear();
}

/// <summary>Which rows of a table an answer needs, so that a dashboard reads no more than it shows.</summary>
/// <param name="Table">Number of the table within its projection.</param>
/// <param name="FromA">Smallest <see cref="CellKey.A"/>, inclusive.</param>
/// <param name="ToA">Largest <see cref="CellKey.A"/>, inclusive.</param>
/// <param name="FromB">Smallest <see cref="CellKey.B"/>, inclusive.</param>
/// <param name="ToB">Largest <see cref="CellKey.B"/>, inclusive.</param>
/// <param name="Text">The only <see cref="CellKey.Text"/>; null = every one.</param>
public sealed record CellSelection(
    short Table, long FromA = long.MinValue, long ToA = long.MaxValue, long FromB = long.MinValue, long ToB = long.MaxValue, string? Text = null)
{
    /// <summary>Whether a row is wanted.</summary>
    public bool Matches(in CellKey key) =>
        key.Table == Table && key.A >= FromA && key.A <= ToA && key.B >= FromB && key.B <= ToB && (Text is null || key.Text == Text);
}
