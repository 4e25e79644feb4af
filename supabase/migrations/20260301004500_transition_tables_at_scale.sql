-- The rows of a statement before and after are put together by a full join here, behind "offset 0". Postgres knows
-- nothing of such rows but their number, keeps the plan of the first call for the session, and takes a condition like
-- "is null" for rare: it then walked over all the rows once for each of them. 1,600 acknowledged accounts took four
-- seconds, and 100,000 would have taken hours. A full join can only be hashed or merged, and behind "offset 0" it stays
-- a full join. What belongs to a row in other tables is looked up by its key, row by row.

create or replace function kamailio_sync.note_sync()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
  select 'account_provisioned', s.account_id, s.unit_id,
    (select c.created_by from kamailio_sync.credentials c where c.account_id = s.account_id)
  from (
    select account_id, n.unit_id, n.state, o.synced_at as before, n.synced_at as after
    from old_rows o
    full join new_rows n using (account_id)
    offset 0
  ) s
  where s.state = 'synced' and s.before is null and s.after is not null;

  if exists (select from new_rows n where n.state = 'failed') then
    with failed as (
      insert into kamailio_sync.activity (action, account_id, unit_id, detail)
      select 'sync_failed', s.account_id, s.unit_id, jsonb_build_object('error_code', s.error_code, 'error', s.last_error)
      from (
        select account_id, n.unit_id, n.state, n.error_code, n.last_error, o.state as old_state, o.error_code as old_code
        from old_rows o
        full join new_rows n using (account_id)
        offset 0
      ) s
      where s.state = 'failed' and (s.old_state, s.old_code) is distinct from (s.state, s.error_code)
      returning account_id
    )
    insert into kamailio_sync.told_failed (account_id) select f.account_id from failed f on conflict do nothing;
  end if;

  if exists (select from kamailio_sync.told_failed) then
    with recovered as (
      delete from kamailio_sync.told_failed t
      where t.account_id = any (array(select n.account_id from new_rows n where n.state in ('synced', 'disabled')))
      returning t.account_id
    )
    insert into kamailio_sync.activity (action, account_id, unit_id)
    select 'sync_recovered', r.account_id, (select s.unit_id from public.sip_account_sync s where s.account_id = r.account_id)
    from recovered r;
  end if;
  return null;
end
$$;

create or replace function kamailio_sync.note_changed_accounts()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by, detail)
  select k.action, b.id, b.unit_id, kamailio_sync.asked_by(),
    case k.action when 'account_changed' then jsonb_build_object('changed', b.columns) else '{}' end
  from (
    select n.id, n.unit_id, o.registered, o.enabled and not n.enabled as disabled, array_remove(array[
      case when o.unit_id is distinct from n.unit_id then 'unit_id' end,
      case when o.username is distinct from n.username then 'username' end,
      case when o.domain is distinct from n.domain then 'domain' end,
      case when o.extension is distinct from n.extension then 'extension' end,
      case when o.type is distinct from n.type then 'type' end,
      case when o.enabled is distinct from n.enabled then 'enabled' end], null) as columns,
      o.id is not null and n.id is not null as is_same
    from old_rows o
    full join new_rows n using (id)
    offset 0
  ) b
  cross join lateral (
    select 'account_changed' as action
    union all
    select 'account_kicked' where b.registered and (b.columns && array['username', 'domain'] or b.disabled)
  ) k
  where b.is_same and b.columns <> '{}';
  return null;
end
$$;

create or replace function kamailio_sync.note_credentials()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
  select k.action, a.id, a.unit_id, kamailio_sync.asked_by()
  from (
    select account_id, o.account_id is not null as is_same, o.issued_at as before, n.issued_at as after
    from old_rows o
    full join new_rows n using (account_id)
    offset 0
  ) c
  join public.sip_accounts a on a.id = c.account_id
  cross join lateral (
    select 'credentials_issued' as action
    union all
    select 'account_kicked' where a.registered
  ) k
  where c.is_same and c.after is not null and c.before is distinct from c.after;
  return null;
end
$$;

create or replace function kamailio_sync.accounts_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The old digests belong to the old name: nobody could log in with them, and the account would
  -- seem to have credentials. Random ones say that it needs new ones.
  update kamailio_sync.credentials c
  set ha1 = kamailio_sync.random_digest(),
    ha1b = kamailio_sync.random_digest(),
    username = r.username,
    domain = r.domain,
    realm = r.domain,
    issued_at = null
  from (
    select n.id, n.username, n.domain, o.id is not null and (n.username, n.domain) is distinct from (o.username, o.domain) as is_renamed
    from new_rows n
    full join old_rows o using (id)
    offset 0
  ) r
  where r.is_renamed and c.account_id = r.id;

  perform kamailio_sync.mark('account', array(
    select id
    from old_rows o
    full join new_rows n using (id)
    where (o.unit_id, o.username, o.domain, o.extension, o.type, o.enabled)
      is distinct from (n.unit_id, n.username, n.domain, n.extension, n.type, n.enabled)));
  return null;
end
$$;
