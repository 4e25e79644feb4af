using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Neolia.Functions.Settings;
using Neolia.Functions.Tests.Hosting;
using Neolia.LocalStack;

namespace Neolia.Functions.Tests.Settings;

/// <summary>The list of settings is what documentation and infrastructure follow, so it must be what the program reads.</summary>
public sealed partial class SettingRegistryTests
{
    [Fact]
    public void The_list_names_what_the_program_reads_and_nothing_else()
    {
        var underTheHost = ServerRig.Settings();
        var byItself = ServerRig.Settings();
        byItself.Remove("FUNCTIONS_CUSTOMHANDLER_PORT");

        var read = KeysRead(underTheHost).Union(KeysRead(byItself), StringComparer.OrdinalIgnoreCase);

        var listed = SettingRegistry.All.Where(setting => setting.Source != SettingSource.Verb).Select(setting => setting.Key);
        Assert.Equal(listed.Order(StringComparer.OrdinalIgnoreCase), read.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_setting_is_read_through_the_list_or_an_options_class_only()
    {
        var source = Path.Combine(Repository.Root, "src");
        var files = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Where(file => Path.GetFileName(file) != "SettingRegistry.cs")
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotMatch(OtherReading(), File.ReadAllText(file)));
    }

    [Fact]
    public void Each_is_told_apart_and_explained()
    {
        Assert.All(SettingRegistry.All, setting =>
        {
            Assert.NotEmpty(setting.Meaning);
            Assert.NotEmpty(setting.Example);
            Assert.Equal(setting.Source == SettingSource.Secret, setting.VaultSecret is not null);
            Assert.Equal(setting.Name, Assert.Single(SettingRegistry.All, other => other.Name == setting.Name).Name);
        });
    }

    private static IReadOnlySet<string> KeysRead(Dictionary<string, string?> settings)
    {
        var notes = new ReadingNotes();
        using var app = ServerRig.Build(settings, notes);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        return notes.Keys;
    }

    [GeneratedRegex("""onfiguration\[|GetValue<|GetEnvironmentVariable|GetSection\((?!\w+Options\.Section\))|GetConnectionString""")]
    private static partial Regex OtherReading();
}
