using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Credentials;

public sealed class PasswordTests
{
    private static readonly SipName Name = new("panel401", "sip.neolia.app");

    [Fact]
    public void Made_password_has_26_characters_that_can_be_read_off_a_screen()
    {
        var passwords = Enumerable.Range(0, 500).Select(_ => Password.Generate()).ToList();

        Assert.All(passwords, p => Assert.Matches("^[abcdefghjkmnpqrstuvwxyz23456789]{26}$", p));
        Assert.Equal(500, passwords.Distinct().Count());
        Assert.Equal(31, passwords.SelectMany(p => p).Distinct().Count());
    }

    [Fact]
    public void Made_password_is_always_accepted() =>
        Assert.All(Enumerable.Range(0, 500).Select(_ => Password.Generate()), p => Assert.Null(Password.Objection(p, Name)));

    [Theory]
    [InlineData("Abcdefgh.123", true)]
    [InlineData("aB3._~!*+=-x", true)]
    [InlineData("Abcdefgh.12", false)]
    [InlineData("", false)]
    [InlineData("Abcdefgh 1234", false)]
    [InlineData("Abcdefgh:1234", false)]
    [InlineData("Abcdefgh@1234", false)]
    [InlineData("Abcdefghé1234", false)]
    [InlineData("Abcdefgh.123\n", false)]
    [InlineData("abababababab", false)]
    [InlineData("abcdefgabcdefg", false)]
    [InlineData("abcdefghabcdefgh", true)]
    [InlineData("xyz-Panel401-zyx", false)]
    public void Chosen_password_is_accepted_or_refused(string password, bool accepted) =>
        Assert.Equal(accepted, Password.Objection(password, Name) is null);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Chosen_password_has_128_characters_at_most(int length, bool accepted) =>
        Assert.Equal(accepted, Password.Objection(string.Concat(Enumerable.Repeat("abcdefghijk", 12))[..length], Name) is null);

    [Fact]
    public void Objection_does_not_repeat_the_password() =>
        Assert.DoesNotContain("tooshort", Password.Objection("tooshort", Name)!.ToString(), StringComparison.Ordinal);
}
