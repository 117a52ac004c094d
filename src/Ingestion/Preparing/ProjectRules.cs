using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>What the front door needs of a project, made ready once for each state of it.</summary>
internal sealed class ProjectRules
{
    private static readonly ConditionalWeakTable<Project, ProjectRules> Ready = [];

    private ProjectRules(Project project)
    {
        Project = project;
        Plan = new PlanCheck(project.TrackingPlan);
        Revenue = new RevenueCheck(project.Settings.Revenue);
        Scrubber = new Scrubber(project.Settings.Privacy, project.CustomerSecret);
    }

    public Project Project { get; }

    public PlanCheck Plan { get; }

    public RevenueCheck Revenue { get; }

    public Scrubber Scrubber { get; }

    public static ProjectRules Of(Project project) => Ready.GetValue(project, static known => new ProjectRules(known));
}
