using MySqlConnector;

namespace Neolia.Database.Tests.Draining;

/// <summary>What Kamailio and its operator do in their database beside us.</summary>
public static class Registrar
{
    /// <summary>A device registers: Kamailio writes its contact.</summary>
    public static Task RegisterAsync(this MySqlDataSource kamailio, string username, string domain = Dashboard.Domain) => kamailio.ExecuteAsync($"""
        insert into location (ruid, username, domain, contact, expires, callid, cseq, user_agent)
        values (uuid(), '{username}', '{domain}', 'sip:{username}@192.0.2.1', utc_timestamp() + interval 1 hour, uuid(), 1, 'panel')
        """);

    /// <summary>A subscriber that the operator made by hand.</summary>
    public static Task AddGuestAsync(this MySqlDataSource kamailio, string username, string domain = Dashboard.Domain) => kamailio.ExecuteAsync($"""
        insert into subscriber (username, domain, password, ha1, ha1b)
        values ('{username}', '{domain}', 'by hand', md5('guest {username}'), md5('guest b {username}'))
        """);

    /// <summary>Every byte of the subscribers that stand under the given names.</summary>
    public static Task<List<string>> GuestsAsync(this MySqlDataSource kamailio) => kamailio.RowsAsync("""
        select id, cast(username as binary), cast(domain as binary), password, ha1, ha1b from subscriber
        where password <> '' order by id
        """);

    public static Task<List<string>> ContactsAsync(this MySqlDataSource kamailio) =>
        kamailio.RowsAsync("select username from location order by 1");

    public static Task<List<string>> SubscriberNamesAsync(this MySqlDataSource kamailio) =>
        kamailio.RowsAsync("select username from subscriber order by 1");
}
