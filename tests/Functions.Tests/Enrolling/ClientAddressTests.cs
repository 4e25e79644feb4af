using System.Net;
using Microsoft.AspNetCore.Http;
using Neolia.Functions.Enrolling;

namespace Neolia.Functions.Tests.Enrolling;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7:51234", "203.0.113.7")]
    [InlineData("198.51.100.1, 203.0.113.7:51234", "203.0.113.7")]
    [InlineData("203.0.113.7:51234, 10.1.2.3", "203.0.113.7")]
    [InlineData("203.0.113.7:51234,169.254.130.1:80,127.0.0.1", "203.0.113.7")]
    [InlineData("198.51.100.1, 203.0.113.7, 172.16.0.1, 192.168.1.1, 100.64.0.1, ::1", "203.0.113.7")]
    [InlineData("[2001:db8:1:2:3:4:5:6]:443", "20010db800010002")]
    [InlineData("2001:db8:1:2::9", "20010db800010002")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7, nonsense", "203.0.113.7")]
    [InlineData("fd00::1", "192.0.2.1")]
    [InlineData("nonsense", "192.0.2.1")]
    [InlineData("", "192.0.2.1")]
    public void It_is_the_address_that_the_front_end_saw(string forwarded, string expected)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("192.0.2.1") } };
        http.Request.Headers["X-Forwarded-For"] = forwarded;

        Assert.Equal(expected, ClientAddress.Of(http));
    }

    [Fact]
    public void Several_headers_are_one_list()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers["X-Forwarded-For"] = new(["198.51.100.1", "203.0.113.7", "10.0.0.1"]);

        Assert.Equal("203.0.113.7", ClientAddress.Of(http));
    }
}
