using System.Text.RegularExpressions;
using Neolia.LocalStack;
using Neolia.LocalStack.Supabase;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>The module that the dashboard copies, held against what it must agree with.</summary>
public sealed partial class ModuleTests(StackFixture shared)
{
    private static readonly string Module = Path.Combine(Repository.Root, "clients", "dashboard");

    private static string Index => File.ReadAllText(Path.Combine(Module, "src", "index.ts"));

    [Fact]
    public async Task Its_types_are_those_of_the_migrations()
    {
        var generated = await DatabaseTypes.GenerateAsync(shared.Stack.Project, TestContext.Current.CancellationToken);

        Assert.True(generated == await File.ReadAllTextAsync(DatabaseTypes.File, TestContext.Current.CancellationToken), "The types have drifted from the migrations: run ./dev types");
    }

    [Theory]
    [InlineData("useSites useCreateSite useBuildings useCreateBuilding useUnits useCreateUnit useSIPAccounts useCreateSIPAccount useDeleteSIPAccount useSyncKamailio useIntercomStats")]
    [InlineData("useUpdateSIPAccount useSetSIPAccountEnabled useRekeySIPAccount useCallRules useUnitSync useActivityLog useKamailioStatus")]
    [InlineData("useCreateEnrolment useEnrolments useRevokeEnrolment")]
    public void It_has_the_hooks_that_the_dashboard_expects(string hooks) =>
        Assert.Subset(HookNames().Matches(Index).Select(hook => hook.Value).ToHashSet(), hooks.Split(' ').ToHashSet());

    [Fact]
    public void The_example_uses_every_hook()
    {
        var example = string.Concat(Directory.GetFiles(Path.Combine(Module, "example"), "*.tsx").Select(File.ReadAllText));

        Assert.All(HookNames().Matches(Index), hook => Assert.Contains($"{hook.Value}(", example, StringComparison.Ordinal));
    }

    [Fact]
    public void Its_lock_file_names_no_registry() =>
        Assert.DoesNotContain("\"resolved\"", File.ReadAllText(Path.Combine(Module, "package-lock.json")), StringComparison.Ordinal);

    [GeneratedRegex(@"\buse[A-Z]\w+")]
    private static partial Regex HookNames();
}
