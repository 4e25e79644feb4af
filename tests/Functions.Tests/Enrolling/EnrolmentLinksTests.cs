using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Neolia.Functions.Enrolling;
using Neolia.Functions.Hosting;
using Neolia.Functions.Tests.Hosting;

namespace Neolia.Functions.Tests.Enrolling;

public sealed class EnrolmentLinksTests
{
    [Theory]
    [InlineData("https://functions.neolia.app", "neolia-prod-abc.azurewebsites.net", "7071", "https://functions.neolia.app")]
    [InlineData("", "neolia-prod-abc.azurewebsites.net", "7071", "https://neolia-prod-abc.azurewebsites.net")]
    [InlineData("", "localhost:7071", "7071", "http://localhost:7071")]
    [InlineData("", null, "7071", null)]
    [InlineData("", null, null, "http://localhost:8123")]
    public async Task Addresses_begin_with_what_the_operator_says_or_the_platform(string decided, string? azureName, string? hostPort, string? expected)
    {
        var settings = ServerRig.Settings();
        settings["Enrolment:Origin"] = decided;
        settings["WEBSITE_HOSTNAME"] = azureName;
        settings["FUNCTIONS_CUSTOMHANDLER_PORT"] = hostPort;
        settings["PORT"] = "8123";
        await using var app = ServerRig.Build(settings);

        Assert.Equal(expected, app.Services.GetRequiredService<EnrolmentLinks>().Origin);
    }

    [Theory]
    [InlineData("functions.neolia.app")]
    [InlineData("https://functions.neolia.app/")]
    [InlineData("https://functions.neolia.app/enrol")]
    [InlineData("http://functions.neolia.app")]
    [InlineData("https://somebody@functions.neolia.app")]
    [InlineData("ftp://functions.neolia.app")]
    public async Task A_bad_origin_stops_the_start_with_a_sentence(string origin)
    {
        var settings = ServerRig.Settings();
        settings["Enrolment:Origin"] = origin;
        await using var app = ServerRig.Build(settings);

        var refused = Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Enrolment__Origin must be a scheme and a host", Assert.Single(StartFailure.Explain(refused)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_secret_stands_behind_what_a_browser_sends()
    {
        var link = Guid.NewGuid();
        var address = new Uri(new EnrolmentLinks("https://functions.neolia.app").Address(link, "opens-it"));

        Assert.Equal(("#opens-it", $"/api/enrol/{link}"), (address.Fragment, address.PathAndQuery));
    }
}
