-- What people later read in intercom_activity_logs is noted here first, in the transaction in which it happens: nothing
-- is told that was rolled back, and nothing is lost. The app's timer groups the notes and publishes them. Only added to
-- and taken from, never changed: a note must not make anybody wait.
create table if not exists kamailio_sync.activity (
  id bigint generated always as identity primary key,
  noted_at timestamptz not null default clock_timestamp(),
  action text not null,
  account_id uuid,
  unit_id uuid,
  building_id uuid,
  site_id uuid,
  asked_by uuid,
  detail jsonb not null default '{}'
);

-- Accounts and units whose failure was told, so that their recovery is told, too: between the two a change makes them
-- "pending".
create table if not exists kamailio_sync.told_failed (
  subject_id uuid primary key
);

revoke all on kamailio_sync.activity, kamailio_sync.told_failed from public, anon, authenticated, service_role;

-- Who inserted an account, for the day it is brought to Kamailio.
alter table kamailio_sync.credentials add column if not exists created_by uuid default auth.uid();

-- Who asks: the signed-in user of this session, or the one for whom the app does what only it may do.
create or replace function kamailio_sync.asked_by()
returns uuid
language sql
stable
set search_path = ''
as $$
  select coalesce(auth.uid(), nullif(current_setting('kamailio_sync.asked_by', true), '')::uuid)
$$;

-- The statements over transition tables are planned anew at each call ("execute"): a plan that is kept from a call with
-- one row compares each row with each in a call with many.

create or replace function kamailio_sync.note_sync()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Asked first, here and below, because nearly all that is acknowledged was synced before.
  if exists (select from old_rows o where o.synced_at is null) then
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
  end if;

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
    insert into kamailio_sync.told_failed (subject_id) select f.account_id from failed f on conflict do nothing;
  end if;

  if exists (select from kamailio_sync.told_failed) then
    with recovered as (
      delete from kamailio_sync.told_failed t
      where t.subject_id = any (array(select n.account_id from new_rows n where n.state in ('synced', 'disabled')))
      returning t.subject_id
    )
    insert into kamailio_sync.activity (action, account_id, unit_id)
    select 'sync_recovered', r.subject_id, (select s.unit_id from public.sip_account_sync s where s.account_id = r.subject_id)
    from recovered r;
  end if;
  return null;
end
$$;

-- Of a unit only what goes wrong: where it stands and its call rules are nothing that people wait for.
create or replace function kamailio_sync.note_unit_sync()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from new_rows n where n.state = 'failed') then
    with failed as (
      insert into kamailio_sync.activity (action, unit_id, detail)
      select 'unit_sync_failed', u.id, jsonb_build_object('name', u.number, 'error_code', s.error_code, 'error', s.last_error)
      from (
        select unit_id, n.state, n.error_code, n.last_error, o.state as old_state, o.error_code as old_code
        from old_rows o
        full join new_rows n using (unit_id)
        offset 0
      ) s
      join public.units u on u.id = s.unit_id
      where s.state = 'failed' and (s.old_state, s.old_code) is distinct from (s.state, s.error_code)
      returning unit_id
    )
    insert into kamailio_sync.told_failed (subject_id) select f.unit_id from failed f on conflict do nothing;
  end if;

  if exists (select from kamailio_sync.told_failed) then
    with recovered as (
      delete from kamailio_sync.told_failed t
      where t.subject_id = any (array(select n.unit_id from new_rows n where n.state = 'synced'))
      returning t.subject_id
    )
    insert into kamailio_sync.activity (action, unit_id, detail)
    select 'unit_sync_recovered', u.id, jsonb_build_object('name', u.number)
    from recovered r join public.units u on u.id = r.subject_id;
  end if;
  return null;
end
$$;

-- A registered device whose account is renamed or disabled loses its registration.
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

create or replace function kamailio_sync.note_removed_accounts()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by, detail)
  select k.action, o.id, o.unit_id, kamailio_sync.asked_by(), jsonb_build_object('name', o.username || '@' || o.domain)
  from old_rows o
  cross join lateral (select 'account_removed' as action union all select 'account_kicked' where o.registered) k;
  execute 'delete from kamailio_sync.told_failed t using old_rows o where t.subject_id = o.id';
  return null;
end
$$;

-- That credentials were issued, never which.
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

-- A removed account names its unit; where that went away in the same breath, this says where it stood.
create or replace function kamailio_sync.note_place_gone()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_table_name = 'units' then
    insert into kamailio_sync.activity (action, unit_id, building_id) select 'unit_gone', o.id, o.building_id from old_rows o;
    execute 'delete from kamailio_sync.told_failed t using old_rows o where t.subject_id = o.id';
  else
    insert into kamailio_sync.activity (action, building_id, site_id) select 'building_gone', o.id, o.site_id from old_rows o;
  end if;
  return null;
end
$$;

revoke all on function
  kamailio_sync.asked_by(), kamailio_sync.note_sync(), kamailio_sync.note_unit_sync(), kamailio_sync.note_changed_accounts(),
  kamailio_sync.note_removed_accounts(), kamailio_sync.note_credentials(), kamailio_sync.note_place_gone()
  from public;

create or replace trigger neolia_note_updated after update on public.sip_account_sync
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.note_sync();
create or replace trigger neolia_note_updated after update on public.unit_sync
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.note_unit_sync();
create or replace trigger neolia_note_updated after update on public.sip_accounts
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.note_changed_accounts();
create or replace trigger neolia_note_deleted after delete on public.sip_accounts
  referencing old table as old_rows
  for each statement execute function kamailio_sync.note_removed_accounts();
create or replace trigger neolia_note_updated after update on kamailio_sync.credentials
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.note_credentials();
create or replace trigger neolia_note_deleted after delete on public.units
  referencing old table as old_rows
  for each statement execute function kamailio_sync.note_place_gone();
create or replace trigger neolia_note_deleted after delete on public.buildings
  referencing old table as old_rows
  for each statement execute function kamailio_sync.note_place_gone();
