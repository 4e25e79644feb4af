using System.Text.Json.Nodes;
using Neolia.Functions.Logging;
using Neolia.Infra.Tests.Bicep;
using Neolia.Infra.Tests.Operations;
using Neolia.LocalStack;

namespace Neolia.Infra.Tests.Alerts;

/// <summary>The alerts' queries, taken from the compiled template and run on what the program really logs.</summary>
public sealed class AlertTests(Templates templates)
{
    /// <summary>Alert, and the events that it is about. Names of the program: one that is renamed or removed breaks the build here.</summary>
    public static TheoryData<string, string[]> EventsOfAlerts => new()
    {
        { "queue-age", [nameof(Events.QueueMeasured)] },
        { "queue-silent", [nameof(Events.QueueMeasured)] },
        { "failed-subjects", [nameof(Events.QueueMeasured)] },
        {
            "failures",
            [
                nameof(Events.KamailioOutage), nameof(Events.SupabaseFailed), nameof(Events.QueueUnreadable),
                nameof(Events.RegistrationsUnknown), nameof(Events.RegistrationsFromTheFuture),
                nameof(RequestEvents.RequestFailed), nameof(RequestEvents.SigningKeysUnreachable), nameof(RequestEvents.ReconcileFailed),
            ]
        },
        { "stopped", [nameof(RequestEvents.DrainEnded)] },
        { "reconcile-refused", [nameof(Events.ReconcileRefused)] },
        { "refused-doorbells", [nameof(RequestEvents.DoorbellRefused)] },
        { "vault-unreadable", [nameof(RequestEvents.VaultUnreachable)] },
    };

    [Theory]
    [MemberData(nameof(EventsOfAlerts))]
    public void Query_finds_exactly_its_events(string alert, string[] events)
    {
        var query = KqlQuery.Parse(QueryOf(alert));

        var found = ProgramEvents.Lines.Where(line => query.Finds(line.Value));

        Assert.Equal("traces", query.Table);
        Assert.Equal(events.Order(StringComparer.Ordinal), found.Select(line => line.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("queue-age", 301, true)]
    [InlineData("queue-age", 300, false)]
    [InlineData("queue-silent", 0, false)]
    [InlineData("failed-subjects", 1, true)]
    [InlineData("failed-subjects", 0, false)]
    public void Threshold_is_where_it_should_be(string alert, long number, bool fires)
    {
        var query = KqlQuery.Parse(QueryOf(alert));
        var line = alert == "queue-age" ? ProgramEvents.QueueMeasured(7, number, 2) : ProgramEvents.QueueMeasured(7, 12345, number);

        Assert.Equal(fires, Fires(alert, query.Run([line, ProgramEvents.QueueMeasured(0, 0, 0)])));
    }

    [Fact]
    public void Silence_fires_as_well() => Assert.True(Fires("queue-silent", KqlQuery.Parse(QueryOf("queue-silent")).Run([])));

    [Fact]
    public void Vaults_own_log_is_asked_for_refusals()
    {
        var query = QueryOf("vault-denials");
        var audit = templates.Resource("prod", "Microsoft.Insights/diagnosticSettings");

        Assert.Contains("AZKVAuditLogs\n| where HttpStatusCode == 403", query, StringComparison.Ordinal);
        Assert.Contains("/Microsoft.KeyVault/vaults/", (string)audit["id"]!, StringComparison.Ordinal);
        Assert.Equal("Dedicated", (string)audit["properties"]!["logAnalyticsDestinationType"]!);
        Assert.Equal("audit", (string)Assert.Single(audit["properties"]!["logs"]!.AsArray())!["categoryGroup"]!);
    }

    [Fact]
    public void Readiness_is_asked_from_outside()
    {
        var test = templates.Resource("prod", "Microsoft.Insights/webtests");
        var alert = templates.Resource("prod", "Microsoft.Insights/metricAlerts")["properties"]!;
        var function = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Functions", "functions", "health-ready", "function.json")))!;

        Assert.Contains($$"""'{0}/api/{{function["bindings"]![0]!["route"]}}'""", (string)test["properties"]!["Request"]!["RequestUrl"]!, StringComparison.Ordinal);
        Assert.Equal(200, (int)test["properties"]!["ValidationRules"]!["ExpectedHttpStatusCode"]!);
        Assert.Equal((string)test["id"]!, (string)alert["criteria"]!["webTestId"]!);
    }

    [Fact]
    public void Every_alert_is_mailed_and_explained()
    {
        var group = templates.Resource("prod", "Microsoft.Insights/actionGroups");
        var alerts = templates.Resources("prod", "Microsoft.Insights/scheduledQueryRules").Concat(templates.Resources("prod", "Microsoft.Insights/metricAlerts")).ToList();

        Assert.Equal(BicepCompiler.Installation["ALERT_MAIL"], (string)group["properties"]!["emailReceivers"]![0]!["emailAddress"]!);
        Assert.Equal(EventsOfAlerts.Count + 2, alerts.Count);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"\n### `{NameOf(alert)}`\n", OperationsGuide.Text, StringComparison.Ordinal);
            Assert.Contains($"/{group["name"]}\"", alert["properties"]!["actions"]!.ToJsonString(), StringComparison.Ordinal);
        });
    }

    private static string NameOf(JsonNode alert) => ((string)alert["name"]!)["neolia-prod-".Length..];

    private string QueryOf(string alert) => (string)CriteriaOf(alert)["query"]!;

    private JsonNode CriteriaOf(string alert) =>
        Assert.Single(templates.Resources("prod", "Microsoft.Insights/scheduledQueryRules"), a => NameOf(a) == alert)["properties"]!["criteria"]!["allOf"]![0]!;

    private bool Fires(string alert, IReadOnlyList<long> values)
    {
        var criteria = CriteriaOf(alert);
        Assert.Equal(KqlQuery.Parse(QueryOf(alert)).IsMeasured ? "Maximum Value" : "Count ", $"{criteria["timeAggregation"]} {criteria["metricMeasureColumn"]}");
        var (value, threshold) = (values.Max(), (long)criteria["threshold"]!);
        return (string)criteria["operator"]! == "LessThan" ? value < threshold : value > threshold;
    }
}
