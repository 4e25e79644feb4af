using Neolia.Functions.Wording;

namespace Neolia.Functions.Tests;

public sealed class LanguageTests
{
    [Theory]
    [InlineData(null, Language.English)]
    [InlineData("", Language.English)]
    [InlineData("fr", Language.French)]
    [InlineData("fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7", Language.French)]
    [InlineData("en-US,en;q=0.9,fr;q=0.8", Language.English)]
    [InlineData("en;q=0.2, FR-ca;q=0.7", Language.French)]
    [InlineData("de-DE,de;q=0.9,fr;q=0.4", Language.French)]
    [InlineData("fr;q=0", Language.English)]
    [InlineData("*", Language.English)]
    [InlineData("de", Language.English)]
    [InlineData(";;,q=,fr;q=x", Language.English)]
    public void Follows_the_header(string? header, Language expected) => Assert.Equal(expected, Languages.Preferred(header));
}
