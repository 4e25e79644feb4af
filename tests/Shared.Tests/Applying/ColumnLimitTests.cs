using Neolia.Functions.Applying;

namespace Neolia.Functions.Tests.Applying;

public sealed class ColumnLimitTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("1234", true)]
    [InlineData("12345", false)]
    [InlineData("é🔔é🔔", true)]
    [InlineData("é🔔é🔔é", false)]
    [InlineData("🔔🔔🔔🔔🔔", false)]
    public void Characters_are_counted_as_the_database_does(string? text, bool fits) => Assert.Equal(fits, new ColumnLimit(4).Fits(text));
}
