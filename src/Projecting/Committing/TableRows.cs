using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Folding;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The rows of cells that one commit writes into one table, in the order of their keys: what is looked for or made one after the other then lies side by side in the index.</summary>
/// <param name="Table">The table.</param>
/// <param name="New">Rows that the table certainly has none of and that are copied into it.</param>
/// <param name="Others">Rows that are added to what the table may have.</param>
internal sealed record TableRows(CellTableSql Table, List<KeyValuePair<CellKey, Int128[]>> New, List<KeyValuePair<CellKey, Int128[]>> Others)
{
    /// <summary>What an instance's changes write, by table; each of the changes may be asked once.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="tables">Its tables, in the order of <see cref="Contract.Projection.Tables"/>.</param>
    public static IReadOnlyList<TableRows> Of(InstanceChanges changes, CellTableSql[] tables)
    {
        var rows = tables.Select(static table => new TableRows(table, [], [])).ToList();
        foreach (var row in changes.Cells.Rows)
        {
            if (!row.Value.AsSpan().ContainsAnyExcept(Int128.Zero)) continue;
            var into = rows[row.Key.Table];
            (changes.Written?.Add(row.Key) == false ? into.New : into.Others).Add(row);
        }
        foreach (var (table, added, others) in rows)
        {
            if (changes.From is not null && added.Count < changes.CopiedRows)
            {
                others.AddRange(added);
                added.Clear();
            }
            added.Sort(table.Compare);
            others.Sort(table.Compare);
        }
        return rows;
    }
}
