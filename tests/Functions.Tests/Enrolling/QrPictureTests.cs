using System.Globalization;
using System.Xml.Linq;
using Neolia.Functions.Enrolling;

namespace Neolia.Functions.Tests.Enrolling;

/// <summary>That a reader makes the address of it again is shown with a real one, where there is a browser.</summary>
public sealed class QrPictureTests
{
    private static readonly string Address = new EnrolmentLinks("https://neolia-prod-abcdefghijklm.azurewebsites.net").Address(Guid.NewGuid(), EnrolmentSecret.New());

    [Fact]
    public void It_is_a_small_square_with_a_quiet_zone_and_nothing_that_runs()
    {
        var svg = XElement.Parse(QrPicture.Svg(Address));

        var box = svg.Attribute("viewBox")!.Value.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal((0, 0, box[3]), (box[0], box[1], box[2]));

        // 17 + 4 modules for each version, and four on each side (ISO/IEC 18004).
        Assert.Equal(0, (box[2] - 8 - 17) % 4);
        Assert.Equal(["path", "path"], svg.Elements().Select(e => e.Name.LocalName));
        Assert.DoesNotMatch("M([0-3]) |M[0-9]+ [0-3]h", svg.Elements().Last().Attribute("d")!.Value);
        Assert.InRange(QrPicture.Svg(Address).Length, 1_000, 20_000);
    }

    [Fact]
    public void Two_addresses_have_two_pictures_and_one_has_one()
    {
        Assert.Equal(QrPicture.Svg(Address), QrPicture.Svg(Address));
        Assert.NotEqual(QrPicture.Svg(Address), QrPicture.Svg(Address + "x"));
    }
}
