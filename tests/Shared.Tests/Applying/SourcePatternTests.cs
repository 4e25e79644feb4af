using Neolia.Functions.Applying;

namespace Neolia.Functions.Tests.Applying;

public sealed class SourcePatternTests
{
    [Theory]
    [InlineData("intercom-*", "intercom-%")]
    [InlineData("*", "%")]
    [InlineData("panel40?", "panel40_")]
    [InlineData("panel401", "panel401")]
    [InlineData("", "")]
    [InlineData("100%", @"100\%")]
    [InlineData("a_b", @"a\_b")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData(@"\*", @"\\%")]
    [InlineData("'; drop", "'; drop")]
    public void Glob_becomes_a_like_pattern_that_takes_nothing_else_for_a_wildcard(string glob, string like) =>
        Assert.Equal(like, SourcePattern.ToLike(glob));
}
