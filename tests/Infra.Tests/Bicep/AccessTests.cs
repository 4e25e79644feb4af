using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neolia.Infra.Tests.Bicep;

/// <summary>Who may do what, and from where.</summary>
public sealed partial class AccessTests(Templates templates)
{
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void The_identity_has_exactly_these_roles(string environment)
    {
        // Ids of Azure's built-in roles.
        var expected = new[]
        {
            "Microsoft.Insights/components: 3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
            "Microsoft.KeyVault/vaults: 4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
            "Microsoft.Storage/storageAccounts: b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
        };

        var assigned = templates.Resources(environment, "Microsoft.Authorization/roleAssignments").Select(Describe).Order(StringComparer.Ordinal);

        Assert.Equal(expected, assigned);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Only_the_function_app_has_an_identity_and_only_that_one(string environment)
    {
        var identity = (string)templates.Resource(environment, "Microsoft.ManagedIdentity/userAssignedIdentities")["id"]!;

        var app = Assert.Single(templates.Resources(environment), r => r["identity"] is not null);

        Assert.Equal("Microsoft.Web/sites", Templates.TypeOf(app));
        Assert.Equal("UserAssigned", (string)app["identity"]!["type"]!);
        var only = Assert.Single(app["identity"]!["userAssignedIdentities"]!.AsObject()).Key;
        Assert.True(only == identity || only.Contains("outputs.id.value", StringComparison.Ordinal), only);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Storage_has_no_keys_and_nothing_public(string environment)
    {
        var account = templates.Resource(environment, "Microsoft.Storage/storageAccounts")["properties"]!;

        Assert.False((bool)account["allowSharedKeyAccess"]!);
        Assert.False((bool)account["allowBlobPublicAccess"]!);
        Assert.False((bool)account["allowCrossTenantReplication"]!);
        Assert.All(
            templates.Resources(environment, "Microsoft.Storage/storageAccounts/blobServices/containers"),
            container => Assert.Equal("None", (string)container["properties"]!["publicAccess"]!));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Nothing_speaks_less_than_TLS_1_2(string environment)
    {
        var storage = templates.Resource(environment, "Microsoft.Storage/storageAccounts")["properties"]!;
        var app = templates.Resource(environment, "Microsoft.Web/sites")["properties"]!;

        Assert.Equal("TLS1_2", (string)storage["minimumTlsVersion"]!);
        Assert.True((bool)storage["supportsHttpsTrafficOnly"]!);
        Assert.Equal("1.2", (string)app["siteConfig"]!["minTlsVersion"]!);
        Assert.Equal("1.2", (string)app["siteConfig"]!["scmMinTlsVersion"]!);
        Assert.True((bool)app["httpsOnly"]!);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Nobody_gets_in_with_a_password(string environment)
    {
        Assert.Equal("Disabled", (string)templates.Resource(environment, "Microsoft.Web/sites")["properties"]!["siteConfig"]!["ftpsState"]!);
        Assert.Equal(
            ["ftp False", "scm False"],
            templates.Resources(environment, "Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Select(p => $"{((string)p["name"]!).Split('/')[^1]} {(bool)p["properties"]!["allow"]!}").Order(StringComparer.Ordinal));
        Assert.True((bool)templates.Resource(environment, "Microsoft.Insights/components")["properties"]!["DisableLocalAuth"]!);
        Assert.True((bool)templates.Resource(environment, "Microsoft.OperationalInsights/workspaces")["properties"]!["features"]!["disableLocalAuth"]!);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Vault_goes_by_roles_and_can_not_be_purged(string environment)
    {
        var vault = templates.Resource(environment, "Microsoft.KeyVault/vaults")["properties"]!;

        Assert.True((bool)vault["enableRbacAuthorization"]!);
        Assert.True((bool)vault["enablePurgeProtection"]!);
        Assert.True((bool)vault["enableSoftDelete"]!);
        Assert.Null(vault["accessPolicies"]);
        Assert.Equal("None", (string)vault["networkAcls"]!["bypass"]!);
        Assert.Empty(templates.Resources(environment, "Microsoft.KeyVault/vaults/secrets"));
    }

    [Fact]
    public void With_a_network_the_vault_answers_the_app_and_the_operator_only()
    {
        var doors = templates.Resource("prod", "Microsoft.KeyVault/vaults")["properties"]!["networkAcls"]!;

        Assert.Equal("Deny", (string)doors["defaultAction"]!);
        Assert.EndsWith("/virtualNetworks/neolia-prod-network/subnets/app", (string)Assert.Single(doors["virtualNetworkRules"]!.AsArray())!["id"]!, StringComparison.Ordinal);
        Assert.Equal("203.0.113.7", (string)Assert.Single(doors["ipRules"]!.AsArray())!["value"]!);
    }

    [Fact]
    public void Static_outgoing_address_belongs_to_the_apps_only_way_out()
    {
        var subnet = Assert.Single(templates.Resource("prod", "Microsoft.Network/virtualNetworks")["properties"]!["subnets"]!.AsArray())!;
        var nat = templates.Resource("prod", "Microsoft.Network/natGateways");
        var address = templates.Resource("prod", "Microsoft.Network/publicIPAddresses");

        Assert.EndsWith("/subnets/app", (string)templates.Resource("prod", "Microsoft.Web/sites")["properties"]!["virtualNetworkSubnetId"]!, StringComparison.Ordinal);
        Assert.Equal((string)nat["id"]!, (string)subnet["properties"]!["natGateway"]!["id"]!);
        Assert.False((bool)subnet["properties"]!["defaultOutboundAccess"]!);
        Assert.Equal("Microsoft.App/environments", (string)subnet["properties"]!["delegations"]![0]!["properties"]!["serviceName"]!);
        Assert.Equal((string)address["id"]!, (string)nat["properties"]!["publicIpAddresses"]![0]!["id"]!);
        Assert.Equal("Static", (string)address["properties"]!["publicIPAllocationMethod"]!);
    }

    [Fact]
    public void Without_a_static_address_there_is_no_network_to_pay_for()
    {
        Assert.DoesNotContain(templates.Resources("dev"), r => Templates.TypeOf(r).StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.Null(templates.Resource("dev", "Microsoft.Web/sites")["properties"]!["virtualNetworkSubnetId"]);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Only_the_dashboards_browsers_are_let_in(string environment)
    {
        var cors = templates.Resource(environment, "Microsoft.Web/sites")["properties"]!["siteConfig"]!["cors"]!;

        Assert.Equal(BicepCompiler.Installation["DASHBOARD_ORIGINS"].Split(','), cors["allowedOrigins"]!.AsArray().Select(o => (string)o!));
        Assert.False((bool)cors["supportCredentials"]!);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void No_secret_is_deployed_or_put_out(string environment)
    {
        Assert.DoesNotMatch(KeyLookup(), templates.TextOf(environment));
        Assert.DoesNotMatch(SecretWord(), templates.OutputsOf(environment).ToJsonString());
        Assert.All(templates.AppSettings(environment), setting => Assert.DoesNotMatch(SecretWord(), setting.Key));
        Assert.All(templates.AppSettings(environment), setting => Assert.DoesNotMatch(SecretWord(), setting.Value));
    }

    private static string Describe(JsonNode assignment)
    {
        var id = ((string)assignment["id"]!).Split("/providers/");
        var scope = string.Join('/', id[^2].Split('/')[..2]);
        return $"{scope}: {((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1]}";
    }

    [GeneratedRegex("listKeys|listSecrets|listAccountSas|listServiceSas|listConnectionStrings|AccountKey|SharedAccessSignature", RegexOptions.IgnoreCase)]
    private static partial Regex KeyLookup();

    [GeneratedRegex("password|passwd|pwd|secret|apikey|AccountKey", RegexOptions.IgnoreCase)]
    private static partial Regex SecretWord();
}
