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

-- Accounts whose failure was told, so that their recovery is told, too: between the two a change makes them "pending".
create table if not exists kamailio_sync.told_failed (
  account_id uuid primary key
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
  execute $sql$
    insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
    select 'account_provisioned', n.account_id, n.unit_id, c.created_by
    from old_rows o
    join new_rows n using (account_id)
    left join kamailio_sync.credentials c on c.account_id = n.account_id
    where n.state = 'synced' and o.synced_at is null and n.synced_at is not null
  $sql$;

  if exists (select from new_rows n where n.state = 'failed') then
    execute $sql$
      with failed as (
        insert into kamailio_sync.activity (action, account_id, unit_id, detail)
        select 'sync_failed', n.account_id, n.unit_id, jsonb_build_object('error_code', n.error_code, 'error', n.last_error)
        from old_rows o
        join new_rows n using (account_id)
        where n.state = 'failed' and (o.state, o.error_code) is distinct from (n.state, n.error_code)
        returning account_id
      )
      insert into kamailio_sync.told_failed (account_id) select f.account_id from failed f on conflict do nothing
    $sql$;
  end if;

  if exists (select from kamailio_sync.told_failed) then
    execute $sql$
      with recovered as (
        delete from kamailio_sync.told_failed t
        using new_rows n
        where n.account_id = t.account_id and n.state in ('synced', 'disabled')
        returning n.account_id, n.unit_id
      )
      insert into kamailio_sync.activity (action, account_id, unit_id)
      select 'sync_recovered', r.account_id, r.unit_id from recovered r
    $sql$;
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
  execute $sql$
    insert into kamailio_sync.activity (action, account_id, unit_id, asked_by, detail)
    select k.action, n.id, n.unit_id, kamailio_sync.asked_by(),
      case k.action when 'account_changed' then jsonb_build_object('changed', d.columns) else '{}' end
    from old_rows o
    join new_rows n using (id)
    cross join lateral (
      select array_remove(array[
        case when o.unit_id is distinct from n.unit_id then 'unit_id' end,
        case when o.username is distinct from n.username then 'username' end,
        case when o.domain is distinct from n.domain then 'domain' end,
        case when o.extension is distinct from n.extension then 'extension' end,
        case when o.type is distinct from n.type then 'type' end,
        case when o.enabled is distinct from n.enabled then 'enabled' end], null) as columns
    ) d
    cross join lateral (
      select 'account_changed' as action
      union all
      select 'account_kicked'
      where o.registered and (d.columns && array['username', 'domain'] or o.enabled and not n.enabled)
    ) k
    where d.columns <> '{}'
  $sql$;
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
  execute 'delete from kamailio_sync.told_failed t using old_rows o where t.account_id = o.id';
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
  execute $sql$
    insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
    select k.action, a.id, a.unit_id, kamailio_sync.asked_by()
    from old_rows o
    join new_rows n using (account_id)
    join public.sip_accounts a on a.id = n.account_id
    cross join lateral (
      select 'credentials_issued' as action
      union all
      select 'account_kicked' where a.registered
    ) k
    where n.issued_at is not null and o.issued_at is distinct from n.issued_at
  $sql$;
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
  else
    insert into kamailio_sync.activity (action, building_id, site_id) select 'building_gone', o.id, o.site_id from old_rows o;
  end if;
  return null;
end
$$;

-- What only the app knows, for example what reconcile found and repaired.
create or replace function kamailio_sync.note_activity(p_action text, p_accounts uuid[], p_asked_by uuid)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into kamailio_sync.activity (action, account_id, unit_id, asked_by)
  select p_action, a.id, a.unit_id, p_asked_by from public.sip_accounts a where a.id = any (p_accounts)
$$;

revoke all on function
  kamailio_sync.asked_by(), kamailio_sync.note_sync(), kamailio_sync.note_changed_accounts(),
  kamailio_sync.note_removed_accounts(), kamailio_sync.note_credentials(), kamailio_sync.note_place_gone(),
  kamailio_sync.note_activity(text, uuid[], uuid)
  from public;
grant execute on function kamailio_sync.note_activity(text, uuid[], uuid) to neolia_functions;

create or replace trigger neolia_note_updated after update on public.sip_account_sync
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.note_sync();
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
