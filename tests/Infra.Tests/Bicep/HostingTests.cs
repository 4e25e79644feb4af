namespace Neolia.Infra.Tests.Bicep;

/// <summary>The plan, and what the Functions host needs.</summary>
public sealed class HostingTests(Templates templates)
{
    [Theory]
    [InlineData("dev", 0)]
    [InlineData("prod", 1)]
    public void Custom_handler_runs_on_Flex_Consumption(string environment, int alwaysReady)
    {
        var plan = templates.Resource(environment, "Microsoft.Web/serverfarms");
        var app = templates.Resource(environment, "Microsoft.Web/sites")["properties"]!["functionAppConfig"]!;

        Assert.Equal("FC1 FlexConsumption", $"{plan["sku"]!["name"]} {plan["sku"]!["tier"]}");
        Assert.Equal("custom 1.0", $"{app["runtime"]!["name"]} {app["runtime"]!["version"]}");
        Assert.Equal(20, (int)app["scaleAndConcurrency"]!["maximumInstanceCount"]!);
        Assert.Equal(
            alwaysReady == 0 ? [] : ["http " + alwaysReady],
            app["scaleAndConcurrency"]!["alwaysReady"]!.AsArray().Select(a => $"{a!["name"]} {a["instanceCount"]}"));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Package_storage_and_telemetry_are_reached_with_the_identity(string environment)
    {
        var deployment = templates.Resource(environment, "Microsoft.Web/sites")["properties"]!["functionAppConfig"]!["deployment"]!["storage"]!;
        var settings = templates.AppSettings(environment);

        Assert.Equal("blobContainer", (string)deployment["type"]!);
        Assert.Equal("UserAssignedIdentity", (string)deployment["authentication"]!["type"]!);
        Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
        Assert.Contains("outputs.clientId", settings["AzureWebJobsStorage__clientId"], StringComparison.Ordinal);
        Assert.Contains("outputs.accountName", settings["AzureWebJobsStorage__accountName"], StringComparison.Ordinal);
        Assert.Contains("Authorization=AAD", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Settings_that_the_plan_forbids_are_absent(string environment)
    {
        // A deployment with one of them is refused: on this plan they are part of functionAppConfig.
        string[] forbidden =
        [
            "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY",
            "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_TIME_ZONE",
            "WEBSITE_VNET_ROUTE_ALL", "SCM_DO_BUILD_DURING_DEPLOYMENT", "AzureWebJobsStorage",
        ];

        Assert.Empty(templates.AppSettings(environment).Keys.Intersect(forbidden, StringComparer.OrdinalIgnoreCase));
    }
}
