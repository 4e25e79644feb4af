using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Neolia.Functions.Hosting;
using Neolia.Functions.Settings;

namespace Neolia.Infra.Tests.Bicep;

/// <summary>The template's app settings against those that the program reads.</summary>
public sealed class SettingsTests(Templates templates)
{
    // The Functions host's own.
    private static readonly string[] HostSettings =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential",
    ];

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Template_has_each_setting_that_the_program_reads_and_no_other(string environment)
    {
        var read = SettingRegistry.All.Where(setting => setting.Source == SettingSource.AppSetting).Select(setting => setting.Name);

        Assert.Equal(
            read.Concat(HostSettings).Order(StringComparer.Ordinal),
            templates.AppSettings(environment).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Values_that_nobody_decided_are_the_programs_defaults()
    {
        var settings = templates.AppSettings("prod");
        string[] decided = ["Kamailio__Domains", "Kamailio__SipAddress"];

        Assert.All(
            SettingRegistry.All.Where(s => s is { Source: SettingSource.AppSetting, Default: not null } && !decided.Contains(s.Name)),
            setting => Assert.Equal(Normal(setting.Default!), Normal(settings[setting.Name])));
    }

    [Fact]
    public async Task Parameters_that_the_programs_sentences_name_exist()
    {
        var compilation = await BicepCompiler.RunAsync(
            templates.Folder, BicepCompiler.Installation, TestContext.Current.CancellationToken, "build", "main.bicep", "--stdout");
        var template = JsonNode.Parse(compilation.Output)!;

        Assert.All(SettingRegistry.All.Where(s => s.BicepParameter is not null), setting =>
        {
            var (parameter, property) = setting.BicepParameter!.Split('.') is [var first, var second] ? (first, second) : ("", "");
            var type = ((string)template["parameters"]![parameter]!["$ref"]!).Split('/')[^1];
            Assert.NotNull(template["definitions"]![type]!["properties"]![property]);
        });
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void The_program_starts_with_them(string environment)
    {
        // Relative to the package's root on Azure; here there is no package.
        var certificate = Path.Combine(templates.Folder, "certificates", "prod-ca-2021.crt");
        Directory.CreateDirectory(Path.GetDirectoryName(certificate)!);
        File.WriteAllText(certificate, "");
        var settings = templates.AppSettings(environment).ToDictionary(
            setting => setting.Key.Replace("__", ":", StringComparison.Ordinal),
            setting => setting.Key switch
            {
                // Known to Azure alone.
                "KeyVault__Uri" => "https://neolia-test.vault.azure.net",
                "KeyVault__ClientId" => Guid.Empty.ToString(),
                "APPLICATIONINSIGHTS_CONNECTION_STRING" => $"InstrumentationKey={Guid.Empty}",
                _ => (string?)setting.Value.Replace("certificates/", Path.GetDirectoryName(certificate) + '/', StringComparison.Ordinal),
            });
        settings["FUNCTIONS_CUSTOMHANDLER_PORT"] = "7071";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);

        using var app = FunctionServer.Build(builder);

        app.Services.GetRequiredService<IStartupValidator>().Validate();
    }

    private static string Normal(string value) =>
        TimeSpan.TryParseExact(value, ["c", @"hh\:mm\:ss\.FFF"], CultureInfo.InvariantCulture, out var time) ? time.ToString("c") : value;
}
