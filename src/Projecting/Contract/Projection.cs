using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Contract;

/// <summary>
/// A projection: code that turns the log into one read model. It declares its name, its version, which definitions it answers, its fold and its tables, and nothing
/// else; it never sees a connection, a checkpoint or a clock. Raise <see cref="Version"/> with every change of the tables or of what the fold emits.
/// </summary>
public abstract class Projection
{
    /// <summary>Lower-case name, for example <c>funnels</c>; tables live in the schema <c>{name}_v{version}</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Version of tables and fold, from 1.</summary>
    public abstract int Version { get; }

    /// <summary>The tables of cells, in the order of <see cref="CellKey.Table"/>.</summary>
    public abstract IReadOnlyList<CellTable> Tables { get; }

    /// <summary>The SQL that makes the tables, without schema names.</summary>
    public virtual string Sql => EmbeddedSql.Of(GetType());

    /// <summary>The fold that answers a definition, or null if this projection does not answer definitions of its kind.</summary>
    /// <param name="project">The project, for its time zone and settings.</param>
    /// <param name="definition">The definition.</param>
    public abstract IFold? CreateFold(Project project, Definition definition);
}

/// <summary>Finds the SQL file that lies beside a projection's class.</summary>
public static class EmbeddedSql
{
    /// <summary>The text of the only .sql resource in the projection's namespace.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public static string Of(Type projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        var prefix = projection.Namespace + ".";
        var names = projection.Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal)).ToList();
        if (names.Count != 1)
            throw new InvalidOperationException($"{projection.Name} needs exactly one .sql file in its folder, embedded as a resource; found {names.Count}.");
        using var reader = new StreamReader(projection.Assembly.GetManifestResourceStream(names[0])!);
        return reader.ReadToEnd();
    }
}
