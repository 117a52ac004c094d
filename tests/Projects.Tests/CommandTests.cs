using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects.Tests;

public sealed class CommandTests
{
    private readonly House house = new();

    [Fact]
    public async Task A_new_project_has_its_standard_definitions()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop", "Europe/Berlin", DayOfWeek.Monday, "EUR"));

        var project = await house.ProjectAsync();
        Assert.Equal(("Shop", "Europe/Berlin", DayOfWeek.Monday, "EUR"), (project.Name, project.Settings.TimeZone, project.Settings.WeekStart, project.Settings.Revenue.DefaultCurrency));
        Assert.Equal(32, project.CustomerSecret.Length);
        Assert.Equal(
            [(DefinitionKind.Revenue, "revenue"), (DefinitionKind.Activity, "activity"), (DefinitionKind.Funnel, "ecommerce"), (DefinitionKind.Retention, "weekly")],
            project.Definitions.Select(definition => definition.Place));
        Assert.Distinct(project.Definitions.Select(definition => definition.Revision));
    }

    [Fact]
    public async Task Two_projects_have_different_secrets_and_revisions()
    {
        await house.DoneAsync(new CreateProject("a", "A"));
        await house.DoneAsync(new CreateProject("b", "B"));

        var (a, b) = (await house.ProjectAsync("a"), await house.ProjectAsync("b"));
        Assert.NotEqual(a.CustomerSecret, b.CustomerSecret);
        Assert.Empty(a.Definitions.Select(d => d.Revision).Intersect(b.Definitions.Select(d => d.Revision)));
    }

    [Fact]
    public async Task An_id_is_given_once()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));

        var error = Assert.Single(await house.RefusedAsync(new CreateProject("shop", "Other")));

        Assert.Equal((ErrorCodes.ProjectExists, "projectId"), (error.Code, error.Field));
        Assert.Equal("Shop", (await house.ProjectAsync()).Name);
    }

    [Theory]
    [InlineData("Shop", "Shop", "UTC", "USD", "projectId")]
    [InlineData("shop", " ", "UTC", "USD", "name")]
    [InlineData("shop", "Shop", "Mars/Olympus", "USD", "timeZone")]
    [InlineData("shop", "Shop", "W. Europe Standard Time", "USD", "timeZone")]
    [InlineData("shop", "Shop", "UTC", "DOGE", "revenue")]
    public async Task Wrong_input_is_refused_with_its_field_and_nothing_is_written(string id, string name, string zone, string currency, string field)
    {
        var errors = await house.RefusedAsync(new CreateProject(id, name, zone, DefaultCurrency: currency));

        Assert.Contains(errors, error => error.Field == field && error.Code == ErrorCodes.InvalidInput && error.Message.Length > 0);
        Assert.Empty(house.Log.Events);
    }

    [Fact]
    public async Task A_command_for_a_missing_project_is_refused() =>
        Assert.Equal(ErrorCodes.ProjectNotFound, Assert.Single(await house.RefusedAsync(new IssueKey("nowhere", KeyKind.Read, "x"))).Code);

    [Fact]
    public async Task A_key_is_found_by_its_text_until_it_is_revoked_and_its_text_is_stored_nowhere()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var issued = await house.DoneAsync(new IssueKey("shop", KeyKind.Write, "Web", Domain: "shop.example.com"));

        var snapshot = await house.View.CatchUpAsync(CancellationToken.None);
        Assert.True(snapshot.TryFindKey(issued.Text, out var project, out var key));
        Assert.Equal(("shop", issued.KeyId, KeyKind.Write, "shop.example.com"), (project.Id, key.Id, key.Kind, key.Domain));
        Assert.DoesNotContain(house.Log.Events, e => Encoding.UTF8.GetString(e.Data.Span).Contains(issued.Text, StringComparison.Ordinal));

        await house.DoneAsync(new RevokeKey("shop", issued.KeyId));

        Assert.False((await house.View.CatchUpAsync(CancellationToken.None)).TryFindKey(issued.Text, out _, out _));
        Assert.Equal(ErrorCodes.KeyNotFound, Assert.Single(await house.RefusedAsync(new RevokeKey("shop", issued.KeyId))).Code);
    }

    [Fact]
    public async Task A_write_key_never_opens_customer_data()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));

        Assert.Equal("customerData", Assert.Single(await house.RefusedAsync(new IssueKey("shop", KeyKind.Write, "Web", CustomerData: true))).Field);
    }

    [Fact]
    public async Task Changing_the_zone_makes_new_revisions_and_changing_it_back_the_old_ones()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var before = Revisions(await house.ProjectAsync());

        await house.DoneAsync(new ChangeProjectSettings("shop", TimeZone: "Asia/Tokyo"));
        var between = Revisions(await house.ProjectAsync());
        await house.DoneAsync(new ChangeProjectSettings("shop", TimeZone: "UTC"));

        Assert.Empty(before.Intersect(between));
        Assert.Equal(before, Revisions(await house.ProjectAsync()));
    }

    [Fact]
    public async Task What_is_revenue_changes_no_funnel()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var before = await house.ProjectAsync();

        await house.DoneAsync(new ChangeProjectSettings("shop", Revenue: new RevenueSettings { OrderEvents = ["sold"] }));

        var after = await house.ProjectAsync();
        Assert.Equal(before.Find(DefinitionKind.Funnel, "ecommerce"), after.Find(DefinitionKind.Funnel, "ecommerce"));
        Assert.NotEqual(before.Find(DefinitionKind.Revenue, "revenue")!.Revision, after.Find(DefinitionKind.Revenue, "revenue")!.Revision);
        Assert.Equal(after.Position, after.Find(DefinitionKind.Revenue, "revenue")!.DefinedAt);
    }

    [Fact]
    public async Task Settings_that_are_already_so_write_nothing()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var events = house.Log.Events.Count;

        await house.DoneAsync(new ChangeProjectSettings("shop", Name: "Shop", TimeZone: "UTC", Revenue: new RevenueSettings()));

        Assert.Equal(events, house.Log.Events.Count);
    }

    [Fact]
    public async Task A_key_listed_twice_in_the_privacy_settings_is_refused()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));

        var errors = await house.RefusedAsync(new ChangeProjectSettings("shop", Privacy: new PrivacySettings { HashedKeys = ["email"], RemovedKeys = ["Email"] }));

        Assert.Equal("privacy", Assert.Single(errors).Field);
    }

    [Fact]
    public async Task A_definition_has_one_revision_however_it_is_written()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));

        var first = await house.DoneAsync(Define.Funnel("shop", "f", "F", House.Json("""{"steps":[],"window":{"unit":"DAY","value":1},"trend":null}""")));
        var events = house.Log.Events.Count;
        var again = await house.DoneAsync(Define.Funnel("shop", "f", "F", House.Json("""{ "window": {"value":1,"unit":"DAY"}, "steps": [] }""")));

        Assert.Equal(first, again);
        Assert.Equal(events, house.Log.Events.Count);
        Assert.Equal("""{"steps":[],"window":{"unit":"DAY","value":1}}""", (await house.ProjectAsync()).Find(DefinitionKind.Funnel, "f")!.Json);
    }

    [Fact]
    public async Task A_retired_definition_is_marked_and_can_be_defined_again()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var before = (await house.ProjectAsync()).Find(DefinitionKind.Funnel, "ecommerce")!;

        await house.DoneAsync(new RetireDefinition("shop", DefinitionKind.Funnel, "ecommerce"));
        Assert.True((await house.ProjectAsync()).Find(DefinitionKind.Funnel, "ecommerce")!.IsRetired);
        await house.DoneAsync(Define.Funnel("shop", "ecommerce", before.Name, House.Json(before.Json)));

        var after = (await house.ProjectAsync()).Find(DefinitionKind.Funnel, "ecommerce")!;
        Assert.Equal((false, before.Revision), (after.IsRetired, after.Revision));
    }

    [Fact]
    public async Task Standing_definitions_can_be_neither_defined_nor_retired()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));

        Assert.Equal("kind", Assert.Single(await house.RefusedAsync(new Define("shop", DefinitionKind.Revenue, "revenue", "R", House.Json("{}")))).Field);
        Assert.Equal("kind", Assert.Single(await house.RefusedAsync(new RetireDefinition("shop", DefinitionKind.Activity, "activity"))).Field);
    }

    [Fact]
    public async Task A_checker_refuses_or_normalises_definitions_of_its_kind()
    {
        var checkedHouse = new House(new Checker());
        await checkedHouse.DoneAsync(new CreateProject("shop", "Shop"));

        var error = Assert.Single(await checkedHouse.RefusedAsync(Define.Funnel("shop", "f", "F", House.Json("""{"bad":1}"""))));
        await checkedHouse.DoneAsync(Define.Funnel("shop", "f", "F", House.Json("{}")));
        await checkedHouse.DoneAsync(Define.Retention("shop", "r", "R", House.Json("""{"bad":1}""")));

        Assert.Equal((ErrorCodes.InvalidDefinition, "No."), (error.Code, error.Message));
        Assert.Equal("""{"normal":true}""", (await checkedHouse.ProjectAsync()).Find(DefinitionKind.Funnel, "f")!.Json);
    }

    [Fact]
    public async Task A_tracking_plan_is_kept_as_it_was_set_and_a_contradictory_one_refused()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var planned = new PlannedEvent("signup") { Properties = [new PlannedProperty("plan", PropertyType.String, Required: true) { Values = ["free", "pro"] }] };

        await house.DoneAsync(new SetTrackingPlan("shop", new TrackingPlan { UnknownEvents = UnknownEvents.Reject, Events = [planned] }));

        var kept = (await house.ProjectAsync()).TrackingPlan;
        Assert.Equal(UnknownEvents.Reject, kept.UnknownEvents);
        Assert.Equal(["free", "pro"], Assert.Single(Assert.Single(kept.Events).Properties).Values!);
        Assert.Equal("plan", Assert.Single(await house.RefusedAsync(new SetTrackingPlan("shop", new TrackingPlan { Events = [planned, planned] }))).Field);
    }

    [Fact]
    public async Task Commands_at_the_same_time_all_happen()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => house.DoneAsync(new IssueKey("shop", KeyKind.Read, $"key {i}")))));

        Assert.Equal(12, (await house.ProjectAsync()).Keys.Count);
    }

    [Fact]
    public async Task A_decision_is_made_anew_when_another_came_between()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var disturbed = false;
        house.Log.Interfere = append =>
        {
            if (disturbed) return null;
            disturbed = true;
            return new AppendResult.WrongExpectedRevision(5);
        };

        await house.DoneAsync(new IssueKey("shop", KeyKind.Read, "x"));

        Assert.True(disturbed);
        Assert.Single((await house.ProjectAsync()).Keys);
    }

    [Fact]
    public async Task A_log_that_does_not_answer_is_told_as_such()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        house.Log.Interfere = _ => new AppendResult.Failed("time-out");

        var error = Assert.Single(await house.RefusedAsync(new IssueKey("shop", KeyKind.Read, "x")));

        Assert.Equal(ErrorCodes.LogUnavailable, error.Code);
        Assert.Contains("time-out", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<long> Revisions(Project project) => project.Definitions.Select(definition => definition.Revision);

    private sealed class Checker : IDefinitionChecker
    {
        public DefinitionKind Kind => DefinitionKind.Funnel;

        public DefinitionCheck Check(JsonElement definition, ProjectSettings settings) =>
            definition.TryGetProperty("bad", out _) ? DefinitionCheck.Refuse(["No."]) : DefinitionCheck.Accept(House.Json("""{"normal":true}"""));
    }
}
