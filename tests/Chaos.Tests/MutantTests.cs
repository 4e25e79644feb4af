using Neolia.Chaos.Mutants;
using Neolia.Chaos.Parts;
using Neolia.LocalStack;

namespace Neolia.Chaos.Tests;

/// <summary>Deliberate bugs that can't be put into the program any more prove nothing: ./dev chaos --mutants runs them.</summary>
public sealed class MutantTests
{
    [Fact]
    public void Each_deliberate_bug_still_has_its_place_in_the_program()
    {
        var edited = MutantBuild.Edited(file => File.ReadAllText(Path.Combine(Repository.Root, file)));

        Assert.All(Mutant.All.Where(mutant => mutant.Sql is null), mutant => Assert.Contains(
            edited.Values.Append(Mutant.Source), text => text.Contains($"(\"{mutant.Name}\")", StringComparison.Ordinal)));
        Assert.All(Mutant.All, mutant => Assert.Contains(Part.All, part => part.Name == mutant.Part));
    }

    [Fact]
    public void The_published_program_holds_none_of_them()
    {
        var program = File.ReadAllText(Path.Combine(Repository.Root, "artifacts", "app", "Neolia.Functions"), System.Text.Encoding.Latin1);
        var utf16 = System.Text.Encoding.Latin1.GetString(System.Text.Encoding.Unicode.GetBytes(Mutant.Variable));

        Assert.DoesNotContain(Mutant.Variable, program, StringComparison.Ordinal);
        Assert.DoesNotContain(utf16, program, StringComparison.Ordinal);
    }
}
