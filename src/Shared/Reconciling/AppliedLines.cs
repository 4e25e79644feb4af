namespace Neolia.Functions.Reconciling;

/// <summary>Lines of Kamailio's side: what stands there, the real columns of <c>subscriber</c> included.</summary>
internal static class AppliedLines
{
    // A fence of version 0 was only made to be locked.
    private const string Accounts = """
        from neolia_account f
        left join neolia_identity i on i.account_id = f.account_id
        left join subscriber s on s.username = i.username and s.domain = i.domain
        where (f.deleted = 0 and f.version > 0 or i.account_id is not null) and {condition}
        """;

    /// <summary>Names whose owner has no fence: nothing makes such, but a hand or half a backup can.</summary>
    private const string OwnersWithoutFence = """
        from neolia_identity i
        left join neolia_account f on f.account_id = i.account_id
        left join subscriber s on s.username = i.username and s.domain = i.domain
        where i.account_id is not null and f.account_id is null and {condition}
        """;

    /// <summary>Contacts still to be deleted, of an account that nobody works on any more.</summary>
    private const string Kicks = """
        from neolia_kick k where {condition}
        """;

    private const string Units = """
        from neolia_unit u where u.deleted = 0 and u.version > 0 and {condition}
        """;

    private const string Rules = """
        from neolia_call_rule r where {condition}
        """;

    private const string NoPassword = "case when s.id is not null then if(coalesce(octet_length(s.password), 0) = 0, '0', '1') end";

    public static IReadOnlyList<LineSource> Sources { get; } =
    [
        new("account", "f.account_id", HashOfAccount("f.account_id"), "(s.id is not null)", Accounts),
        new("account", "i.account_id", HashOfAccount("i.account_id"), "(s.id is not null)", OwnersWithoutFence),
        new("account", "k.account_id", Hash("kick", "k.account_id", "k.username", "k.domain"), "0", Kicks),
        new("unit_rules", "u.unit_id", Hash("unit", "u.unit_id", "u.site_id", "u.building_id", "u.number"), "1", Units),
        new("unit_rules", "r.unit_id", Hash("rule", "r.unit_id", "r.rule_id", "r.priority", "r.source_like", "r.action", "r.target_uri"), "0", Rules),
    ];

    private static string HashOfAccount(string id) => Hash(
        "account", id, "f.deleted", "f.unit_id", "f.type", "f.extension", "i.username", "i.domain", "s.username", "s.domain", NoPassword, "s.ha1", "s.ha1b");

    // Columns are latin1 or utf8mb4, whatever the database was made with; Postgres hashes UTF-8.
    private static string Hash(string tag, params string[] columns) =>
        $"cast(conv(left(md5(concat('{tag}', {string.Join(", ", columns.Select(c => $"char(31), coalesce(concat('=', convert({c} using utf8mb4)), '')"))})), 15), 16, 10) as unsigned)";
}
