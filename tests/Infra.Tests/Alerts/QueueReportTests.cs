using Neolia.EndToEnd.Tests.Http;
using Neolia.Infra.Tests.Bicep;
using Neolia.Infra.Tests.Operations;

namespace Neolia.Infra.Tests.Alerts;

/// <summary>The line that the alerts live on, written by the published program when the host calls its timer.</summary>
[Collection(Installations.Name)]
public sealed class QueueReportTests(Installation installation, Templates templates)
{
    [Fact]
    public async Task Timer_writes_a_line_that_the_alerts_queries_read()
    {
        await installation.CallTimerAsync();
        await Eventually.HoldsAsync("the line is there", () => Task.FromResult(installation.App.Log.Contains("[1005]", StringComparison.Ordinal)));

        var lines = installation.App.Log.Split('\n');
        foreach (var (alert, least) in new[] { ("queue-age", 0), ("failed-subjects", 0), ("queue-silent", 1) })
        {
            var query = KqlQuery.Parse((string)templates.Resources("prod", "Microsoft.Insights/scheduledQueryRules")
                .Single(a => ((string)a["name"]!).EndsWith(alert, StringComparison.Ordinal))["properties"]!["criteria"]!["allOf"]![0]!["query"]!);
            Assert.True(query.Run(lines)[^1] >= least, alert);
        }
    }
}
