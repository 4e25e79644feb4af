namespace Neolia.Functions.Checking;

/// <summary>
/// What the sync does with each table of Kamailio's database, done to no row: a table, a column or a right that is
/// missing is an error all the same.
/// </summary>
internal static class KamailioSchema
{
    public static readonly IReadOnlyList<(string Table, string Use)> Uses =
    [
        ("subscriber", """
            insert into subscriber (username, domain, ha1, ha1b) select username, domain, ha1, ha1b from subscriber where false;
            update subscriber set ha1 = ha1 where false;
            delete from subscriber where false
            """),
        ("location", """
            select username, domain, contact, expires, last_modified from location where false;
            delete from location where false
            """),
        ("neolia_account", """
            insert into neolia_account (account_id, version, unit_id, type, extension, deleted, applied_at)
            select account_id, version, unit_id, type, extension, deleted, applied_at from neolia_account where false;
            update neolia_account set version = version where false
            """),
        ("neolia_identity", """
            insert into neolia_identity (domain, username, account_id, version)
            select domain, username, account_id, version from neolia_identity where false;
            update neolia_identity set version = version where false
            """),
        ("neolia_kick", """
            insert into neolia_kick (account_id, domain, username) select account_id, domain, username from neolia_kick where false;
            delete from neolia_kick where false
            """),
        ("neolia_unit", """
            insert into neolia_unit (unit_id, version, site_id, building_id, number, deleted, applied_at)
            select unit_id, version, site_id, building_id, number, deleted, applied_at from neolia_unit where false;
            update neolia_unit set version = version where false
            """),
        ("neolia_call_rule", """
            insert into neolia_call_rule (unit_id, rule_id, priority, source_like, action, target_uri)
            select unit_id, rule_id, priority, source_like, action, target_uri from neolia_call_rule where false;
            update neolia_call_rule set priority = priority where false;
            delete from neolia_call_rule where false
            """),
        ("neolia_progress", """
            insert into neolia_progress (slot, version) select slot, version from neolia_progress where false;
            update neolia_progress set version = version where false
            """),
        ("neolia_forward_target", "select uri from neolia_forward_target where false"),
    ];
}
