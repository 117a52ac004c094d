using System.Reflection;
using System.Text;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The names of the schema, made from those of C#.</summary>
internal static class Naming
{
    /// <summary>GetProjectAsync becomes project; DAU becomes dau.</summary>
    public static string Of(MethodInfo method)
    {
        if (Given(method) is { } given)
            return given;
        var name = method.Name;
        if (name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal))
            name = name[..^5];
        if (name.Length > 3 && name.StartsWith("Get", StringComparison.Ordinal) && char.IsUpper(name[3]))
            name = name[3..];
        return Camel(name);
    }

    public static string Of(PropertyInfo property) => Given(property) ?? Camel(property.Name);

    public static string Of(ParameterInfo parameter) => parameter.GetCustomAttribute<GraphQLNameAttribute>()?.Name ?? Camel(parameter.Name!);

    /// <summary>The name of the class; List&lt;Foo&gt;-like generics become ListOfFoo.</summary>
    public static string Of(Type type)
    {
        if (Given(type) is { } given)
            return given;
        if (!type.IsGenericType)
            return type is { IsInterface: true, Name: ['I', >= 'A' and <= 'Z', ..] } ? type.Name[1..] : type.Name;
        var bare = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return bare + "Of" + string.Join("And", type.GetGenericArguments().Select(Of));
    }

    public static string OfInput(Type type)
    {
        var name = Of(type);
        return Given(type) is not null || name.EndsWith("Input", StringComparison.Ordinal) ? name : name + "Input";
    }

    /// <summary>DayOfWeek becomes DAY_OF_WEEK.</summary>
    public static string OfEnumValue(FieldInfo value)
    {
        if (Given(value) is { } given)
            return given;
        var name = value.Name;
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
                text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }
        return text.ToString();
    }

    private static string? Given(MemberInfo member) => member.GetCustomAttribute<GraphQLNameAttribute>()?.Name;

    private static string Camel(string name)
    {
        var upper = 0;
        while (upper < name.Length && char.IsUpper(name[upper]))
            upper++;
        if (upper == 0)
            return name;
        // Of a run of capitals the last one begins the next word, unless nothing follows: MRRReport is mrrReport, DAU is dau.
        var lower = upper == name.Length || upper == 1 || char.IsDigit(name[upper]) ? upper : upper - 1;
        return name[..lower].ToLowerInvariant() + name[lower..];
    }
}
