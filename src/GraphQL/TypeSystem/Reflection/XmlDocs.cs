using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>Descriptions: an attribute's, or else the summary in the XML documentation beside the assembly.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> _members = [];

    public string? Describe(Type type) => Given(type) ?? Summary(Member(type.Assembly, "T:" + Id(type)));

    public string? Describe(PropertyInfo property) => Given(property)
        ?? Summary(Member(property.DeclaringType!.Assembly, $"P:{Id(property.DeclaringType)}.{property.Name}"))
        // A positional record documents its properties as the parameters of the type.
        ?? Param(Member(property.DeclaringType!.Assembly, "T:" + Id(property.DeclaringType)), property.Name);

    public string? Describe(FieldInfo value) => Given(value) ?? Summary(Member(value.DeclaringType!.Assembly, $"F:{Id(value.DeclaringType)}.{value.Name}"));

    public string? Describe(MethodInfo method) => Given(method) ?? Summary(Method(method));

    public string? Describe(ParameterInfo parameter) => parameter.GetCustomAttribute<GraphQLDescriptionAttribute>()?.Description
        ?? (parameter.Member is MethodInfo method ? Param(Method(method), parameter.Name!) : null);

    private static string? Given(MemberInfo member) => member.GetCustomAttribute<GraphQLDescriptionAttribute>()?.Description;

    private XElement? Method(MethodInfo method)
    {
        var prefix = $"M:{Id(method.DeclaringType!)}.{method.Name}";
        var all = Load(method.DeclaringType!.Assembly);
        return all.FirstOrDefault(m => m.Key == prefix || m.Key.StartsWith(prefix + "(", StringComparison.Ordinal)).Value;
    }

    private XElement? Member(Assembly assembly, string id) => Load(assembly).GetValueOrDefault(id);

    private Dictionary<string, XElement> Load(Assembly assembly)
    {
        if (_members.TryGetValue(assembly, out var known))
            return known;
        known = new(StringComparer.Ordinal);
        var file = assembly.Location.Length == 0 ? "" : System.IO.Path.ChangeExtension(assembly.Location, ".xml");
        if (File.Exists(file))
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
                known.TryAdd((string?)member.Attribute("name") ?? "", member);
        }
        return _members[assembly] = known;
    }

    private static string Id(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return definition.FullName!.Replace('+', '.');
    }

    private static string? Summary(XElement? member) => Text(member?.Element("summary"));

    private static string? Param(XElement? member, string name) =>
        Text(member?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == name));

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(node switch
            {
                XText t => t.Value,
                XElement e when e.Value.Length > 0 => e.Value,
                XElement e => ((string?)e.Attribute("cref") ?? (string?)e.Attribute("name") ?? (string?)e.Attribute("langword") ?? "").Split('.', ':')[^1],
                _ => "",
            });
        }
        var plain = Blanks().Replace(text.ToString(), " ").Trim();
        return plain.Length == 0 ? null : plain;
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
