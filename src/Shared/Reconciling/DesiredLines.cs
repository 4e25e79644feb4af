namespace Neolia.Functions.Reconciling;

/// <summary>Lines of Supabase's side: what the Drain would have written (AccountPlan, UnitApplier). <c>$1</c>: the served domains.</summary>
internal static class DesiredLines
{
    // "offset 0" keeps the two patterns from being matched once for every column that depends on them.
    private const string Accounts = """
        from (
          select a.id, a.unit_id, a.type, a.username, a.domain, c.ha1, c.ha1b,
            case when length(a.extension) <= 64 then a.extension end as extension,
            a.enabled and c.ha1 is not null and a.domain = any ($1)
              and a.username ~ '^[a-z0-9._-]{1,64}$' and a.domain ~ '^[a-z0-9.-]{1,64}$' as wanted
          from public.sip_accounts a
          left join kamailio_sync.credentials c
            on c.account_id = a.id and c.username = a.username and c.domain = a.domain and c.realm = a.domain
          where {condition}
          offset 0
        ) a
        """;

    private const string Units = """
        from public.units u join public.buildings b on b.id = u.building_id where {condition}
        """;

    private const string Rules = """
        from public.call_rules r where r.enabled and {condition}
        """;

    // SourcePattern.ToLike, over the text as DesiredReader reads it.
    private const string SourceLike = """
        replace(replace(replace(replace(replace(btrim(r.source_pattern, E' \t\r\n'), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_')
        """;

    private const string Target = """
        case when r.action in ('forward', 'voicemail') then nullif(btrim(r.target_sip_uri, E' \t\r\n'), '') end
        """;

    public static IReadOnlyList<LineSource> Sources { get; } =
    [
        new("account", "a.id",
            Hash("account", "a.id::text", "'0'", "a.unit_id::text", "a.type", "a.extension", Wanted("a.username"), Wanted("a.domain"),
                Wanted("a.username"), Wanted("a.domain"), Wanted("'0'"), Wanted("a.ha1"), Wanted("a.ha1b")),
            "a.wanted::integer", Accounts),
        new("unit_rules", "u.id",
            Hash("unit", "u.id::text", "b.site_id::text", "u.building_id::text", "u.number"),
            "1", Units),
        new("unit_rules", "r.unit_id",
            Hash("rule", "r.unit_id::text", "r.id::text", "r.priority::text", SourceLike, "r.action", Target),
            "0", Rules),
    ];

    private static string Wanted(string column) => $"case when a.wanted then {column} end";

    // Nothing is left out for null: "a" beside null must not be what null beside "a" is.
    private static string Hash(string tag, params string[] columns) =>
        $"('x' || left(md5('{tag}' || {string.Join(" || ", columns.Select(c => $"chr(31) || coalesce('=' || {c}, '')"))}), 15))::bit(60)::bigint";
}
