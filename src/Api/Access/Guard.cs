using System.Security.Claims;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Access;

/// <summary>Refuses what a key doesn't open.</summary>
internal static class Guard
{
    public static void Read(ClaimsPrincipal user, string project) => Require(user.MayRead(project), $"This key may not read project '{project}'; use a read or admin key of it.");

    public static void Change(ClaimsPrincipal user, string project) => Require(user.MayChange(project), $"This key may not change project '{project}'; use an admin key of it.");

    public static void Customers(ClaimsPrincipal user, string project) =>
        Require(user.MaySeeCustomers(project), $"This key may not see customers of project '{project}'; use a key with the customer-data permission.");

    public static void Operate(ClaimsPrincipal user) => Require(user.IsOperator(), "Only the system's admin key opens this.");

    private static void Require(bool allowed, string message)
    {
        if (!allowed) throw new GraphQLException(message, GraphQL.ErrorCodes.Forbidden);
    }
}
