using System.Reflection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>A field of an input class: the property, and the constructor parameter that sets it, if one does.</summary>
internal sealed record InputMember(string Name, PropertyInfo Property, ParameterInfo? Parameter);

/// <summary>How an input class is made of its fields.</summary>
internal sealed class InputMembers
{
    public InputMembers(Type type)
    {
        Constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault(c => Fits(type, c));
        var parameters = Constructor?.GetParameters() ?? [];
        Members = [.. Properties(type)
            .Select(p => new InputMember(Naming.Of(p), p, parameters.FirstOrDefault(parameter => Same(parameter, p))))
            .Where(m => m.Parameter is not null || m.Property.SetMethod is { IsPublic: true })];
    }

    /// <summary>The constructor whose every parameter is a property; null for a struct without one.</summary>
    public ConstructorInfo? Constructor { get; }

    public IReadOnlyList<InputMember> Members { get; }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0 && !p.IsDefined(typeof(GraphQLIgnoreAttribute)));

    private static bool Fits(Type type, ConstructorInfo constructor) =>
        constructor.GetParameters().All(parameter => Properties(type).Any(property => Same(parameter, property)));

    private static bool Same(ParameterInfo parameter, PropertyInfo property) =>
        string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase) && parameter.ParameterType == property.PropertyType;
}
