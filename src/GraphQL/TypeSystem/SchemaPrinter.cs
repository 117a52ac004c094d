using System.Text;
using EventSourcedAnalytics.GraphQL.Introspection;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The schema as SDL, without what every schema has.</summary>
internal static class SchemaPrinter
{
    private static readonly NamedType[] s_builtIn =
        [Scalars.Int, Scalars.Float, Scalars.String, Scalars.Boolean, Scalars.ID, .. MetaTypes.All];

    public static string Print(Schema schema) =>
        string.Join("\n\n", schema.Types.Where(type => !s_builtIn.Contains(type)).Select(Print)) + "\n";

    private static string Print(NamedType type) => Describe(type.Description, "") + type switch
    {
        ScalarType t => $"scalar {t.Name}" + (t.SpecifiedByUrl is null ? "" : $" @specifiedBy(url: {Printer.PrintString(t.SpecifiedByUrl)})"),
        ObjectType t => $"type {t.Name}" + Implements(t) + Fields(t),
        InterfaceType t => $"interface {t.Name}" + Implements(t) + Fields(t),
        UnionType t => $"union {t.Name} = " + string.Join(" | ", t.Types.Select(member => member.Name)),
        EnumType t => $"enum {t.Name}" + Block(t.Values.Select(v => (v.Description, v.Name + Deprecated(v.DeprecationReason)))),
        InputObjectType t => $"input {t.Name}" + (t.IsOneOf ? " @oneOf" : "") + Block(t.Fields.Select(f => (f.Description, Input(f)))),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static string Implements(FieldsType type) =>
        type.Interfaces.Count == 0 ? "" : " implements " + string.Join(" & ", type.Interfaces.Select(i => i.Name));

    private static string Fields(FieldsType type) =>
        Block(type.Fields.Select(f => (f.Description, f.Name + Arguments(f) + ": " + f.Type + Deprecated(f.DeprecationReason))));

    private static string Arguments(Field field)
    {
        if (field.Arguments.Count == 0)
            return "";
        if (field.Arguments.All(argument => argument.Description is null))
            return "(" + string.Join(", ", field.Arguments.Select(Input)) + ")";
        return "(" + string.Concat(field.Arguments.Select((argument, i) =>
            (i == 0 || argument.Description is null ? "\n" : "\n\n") + Describe(argument.Description, "    ") + "    " + Input(argument))) + "\n  )";
    }

    private static string Input(InputField field) =>
        $"{field.Name}: {field.Type}" + (field.HasDefault ? " = " + AstFromValue.Print(field.DefaultValue, field.Type) : "") + Deprecated(field.DeprecationReason);

    private static string Block(IEnumerable<(string? Description, string Text)> members)
    {
        var text = new StringBuilder(" {\n");
        var first = true;
        foreach (var (description, member) in members)
        {
            text.Append(first || description is null ? "" : "\n").Append(Describe(description, "  ")).Append("  ").Append(member).Append('\n');
            first = false;
        }
        return text.Append('}').ToString();
    }

    private static string Deprecated(string? reason) => reason switch
    {
        null => "",
        SpecifiedDirectives.DefaultDeprecationReason => " @deprecated",
        _ => $" @deprecated(reason: {Printer.PrintString(reason)})",
    };

    private static string Describe(string? description, string indent)
    {
        if (description is null)
            return "";
        var text = BlockString.CanPrint(description) ? BlockString.Print(description) : Printer.PrintString(description);
        return indent + text.Replace("\n", "\n" + indent, StringComparison.Ordinal) + "\n";
    }
}
