using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

public sealed class RegisterTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_registers_a_contact()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);

        var answer = await device.RegisterAsync(Cancelled);

        Assert.Equal(200, answer.StatusCode);
        var contact = Assert.Single(answer.Contacts);
        Assert.Equal(device.ContactUri, contact.Uri);
        Assert.InRange(contact.Expires!.Value, 590, 600);
        Assert.Equal([device.ContactUri], await _registrar.StoredContactsAsync(account.Username));
    }

    [Fact]
    public async Task A_refresh_keeps_one_contact_and_an_unregister_removes_it()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);
        await device.RegisterAsync(Cancelled);

        Assert.Single((await device.RegisterAsync(Cancelled)).Contacts);
        var gone = await device.UnregisterAsync(Cancelled);

        Assert.Equal(200, gone.StatusCode);
        Assert.Empty(gone.Contacts);
        Assert.Empty(await _registrar.StoredContactsAsync(account.Username));
    }

    [Fact]
    public async Task Nobody_registers_for_longer_than_an_hour()
    {
        await using var device = _registrar.Device(await _registrar.AddAccountAsync());

        var answer = await device.RegisterAsync(expires: 100_000, Cancelled);

        Assert.InRange(Assert.Single(answer.Contacts).Expires!.Value, 3590, 3600);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task A_wrong_password_is_refused(string password)
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = new SipDevice(_registrar.Options(account.Username, password));

        Assert.Equal(401, (await device.RegisterAsync(Cancelled)).StatusCode);
        Assert.Empty(await _registrar.StoredContactsAsync(account.Username));
    }

    [Fact]
    public async Task An_unknown_user_gets_the_answer_of_a_wrong_password()
    {
        await using var device = new SipDevice(_registrar.Options("nobody", ""));

        Assert.Equal(401, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task The_domain_decides_together_with_the_name()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = new SipDevice(_registrar.Options(account.Username, account.Password, domain: "sip.example.org"));

        Assert.Equal(403, (await device.RegisterAsync(Cancelled)).StatusCode);
        Assert.Empty(await _registrar.StoredContactsAsync(account.Username));
    }

    [Fact]
    public async Task An_account_that_is_deleted_is_refused_at_its_next_register()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);
        await device.RegisterAsync(Cancelled);

        await _registrar.ExecuteAsync("delete from subscriber where username = @username", ("@username", account.Username));

        Assert.Equal(401, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_contact_deleted_from_the_table_is_gone_at_the_next_lookup()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);
        await device.RegisterAsync(Cancelled);
        Assert.Single((await device.QueryContactsAsync(Cancelled)).Contacts);

        await _registrar.ExecuteAsync("delete from location where username = @username", ("@username", account.Username));

        var after = await device.QueryContactsAsync(Cancelled);
        Assert.Equal(200, after.StatusCode);
        Assert.Empty(after.Contacts);
    }

    [Fact]
    public async Task A_third_contact_is_refused_until_another_leaves()
    {
        var account = await _registrar.AddAccountAsync();
        await using var first = _registrar.Device(account);
        await using var second = _registrar.Device(account);
        await using var third = _registrar.Device(account);
        Assert.Equal(200, (await first.RegisterAsync(Cancelled)).StatusCode);
        Assert.Equal(200, (await second.RegisterAsync(Cancelled)).StatusCode);

        Assert.Equal(503, (await third.RegisterAsync(Cancelled)).StatusCode);
        Assert.Equal([first.ContactUri, second.ContactUri], await _registrar.StoredContactsAsync(account.Username));

        await first.UnregisterAsync(Cancelled);
        Assert.Equal(200, (await third.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task The_server_answers_OPTIONS()
    {
        await using var device = new SipDevice(_registrar.Options("anybody", ""));

        Assert.Equal(200, (await device.OptionsAsync(Cancelled)).StatusCode);
    }
}
