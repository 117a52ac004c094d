using System.Security.Claims;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Access;

/// <summary>Who asks, as claims: which project a key opens, what it may do there.</summary>
public static class ApiPrincipal
{
    private const string AllProjects = "*";
    private const string ProjectClaim = "analytics:project";
    private const string KindClaim = "analytics:kind";
    private const string CustomerDataClaim = "analytics:customer-data";

    /// <summary>The operator: everything in every project.</summary>
    public static ClaimsPrincipal Operator { get; } = Make(AllProjects, KeyKind.Admin, customerData: true);

    /// <summary>Nobody: may ask nothing.</summary>
    public static ClaimsPrincipal Nobody { get; } = new(new ClaimsIdentity());

    /// <summary>Whoever holds a project's key.</summary>
    public static ClaimsPrincipal Of(Project project, ApiKey key)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(key);
        return Make(project.Id, key.Kind, key.CustomerData);
    }

    /// <summary>Whether numbers of a project may be asked for.</summary>
    public static bool MayRead(this ClaimsPrincipal user, string project) => Opens(user, project) && user.FindFirst(KindClaim)?.Value is "Read" or "Admin" && Opens(user, project);

    /// <summary>Whether a project may be changed.</summary>
    public static bool MayChange(this ClaimsPrincipal user, string project) => Opens(user, project) && user.FindFirst(KindClaim)?.Value == "Admin";

    /// <summary>Whether single customers and their events may be seen.</summary>
    public static bool MaySeeCustomers(this ClaimsPrincipal user, string project) => MayRead(user, project) && user.HasClaim(CustomerDataClaim, "true");

    /// <summary>Whether the system itself may be changed: projects made, read models rebuilt.</summary>
    public static bool IsOperator(this ClaimsPrincipal user) => user.HasClaim(ProjectClaim, AllProjects);

    private static bool Opens(ClaimsPrincipal user, string project) => user.HasClaim(ProjectClaim, project) || user.IsOperator();

    private static ClaimsPrincipal Make(string project, KeyKind kind, bool customerData) => new(new ClaimsIdentity(
        [new Claim(ProjectClaim, project), new Claim(KindClaim, kind.ToString()), new Claim(CustomerDataClaim, customerData ? "true" : "false")], "Bearer"));
}
