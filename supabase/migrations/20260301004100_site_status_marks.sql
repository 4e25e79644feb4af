-- sites.status follows from the registrations of a site's accounts, so it goes stale with each that comes or goes and
-- with each account, unit or building that is added, moved or removed. The triggers only note where; the app's timer
-- counts. Counting here would make users wait for each other at the site's row.
--
-- A note names the place that the change saw, and is resolved to a site when it is worked off: an account that is
-- inserted while its building moves notes its unit, whichever site that will belong to. What goes away notes the place
-- it went from. Rows are only added, with nothing to collide with; the same place may be noted many times.
create table if not exists kamailio_sync.stale_status (
  id bigint generated always as identity primary key,
  place text not null check (place in ('unit', 'building', 'site')),
  place_id uuid not null
);

revoke all on kamailio_sync.stale_status from public, anon, authenticated, service_role;
grant select, delete on kamailio_sync.stale_status to neolia_functions;
grant insert (place, place_id) on kamailio_sync.stale_status to neolia_functions;

create or replace function kamailio_sync.accounts_change_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'unit', n.unit_id from new_rows n;
  elsif tg_op = 'DELETE' then
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'unit', o.unit_id from old_rows o;
  else
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'unit', m.unit_id
    from old_rows o
    full join new_rows n using (id)
    cross join lateral (values (o.unit_id), (n.unit_id)) m (unit_id)
    where m.unit_id is not null
      and (o.unit_id, o.type, o.enabled, o.registered) is distinct from (n.unit_id, n.type, n.enabled, n.registered);
  end if;
  return null;
end
$$;

create or replace function kamailio_sync.units_change_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'building', o.building_id from old_rows o;
  else
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'building', m.building_id
    from old_rows o
    full join new_rows n using (id)
    cross join lateral (values (o.building_id), (n.building_id)) m (building_id)
    where m.building_id is not null and o.building_id is distinct from n.building_id;
  end if;
  return null;
end
$$;

create or replace function kamailio_sync.buildings_change_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'site', o.site_id from old_rows o;
  else
    insert into kamailio_sync.stale_status (place, place_id)
    select distinct 'site', m.site_id
    from old_rows o
    full join new_rows n using (id)
    cross join lateral (values (o.site_id), (n.site_id)) m (site_id)
    where m.site_id is not null and o.site_id is distinct from n.site_id;
  end if;
  return null;
end
$$;

-- A status that somebody writes by hand is put right. One that the app writes is looked at once more, in vain.
create or replace function kamailio_sync.sites_change_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into kamailio_sync.stale_status (place, place_id)
    select 'site', n.id from new_rows n where n.status <> 'offline';
  else
    insert into kamailio_sync.stale_status (place, place_id)
    select 'site', s.id
    from (
      select id, o.status as before, n.status as after
      from old_rows o
      full join new_rows n using (id)
      offset 0
    ) s
    where s.before <> s.after;
  end if;
  return null;
end
$$;

revoke all on function
  kamailio_sync.accounts_change_status(), kamailio_sync.units_change_status(),
  kamailio_sync.buildings_change_status(), kamailio_sync.sites_change_status()
  from public;

create or replace trigger neolia_status_inserted after insert on public.sip_accounts
  referencing new table as new_rows
  for each statement execute function kamailio_sync.accounts_change_status();
create or replace trigger neolia_status_updated after update on public.sip_accounts
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.accounts_change_status();
create or replace trigger neolia_status_deleted after delete on public.sip_accounts
  referencing old table as old_rows
  for each statement execute function kamailio_sync.accounts_change_status();

create or replace trigger neolia_status_updated after update on public.units
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.units_change_status();
create or replace trigger neolia_status_deleted after delete on public.units
  referencing old table as old_rows
  for each statement execute function kamailio_sync.units_change_status();

create or replace trigger neolia_status_updated after update on public.buildings
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.buildings_change_status();
create or replace trigger neolia_status_deleted after delete on public.buildings
  referencing old table as old_rows
  for each statement execute function kamailio_sync.buildings_change_status();

create or replace trigger neolia_status_inserted after insert on public.sites
  referencing new table as new_rows
  for each statement execute function kamailio_sync.sites_change_status();
create or replace trigger neolia_status_updated after update on public.sites
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.sites_change_status();

-- What stands in the column of a project that exists was invented.
do $$
begin
  if not exists (select from kamailio_sync.backfilled where kind = 'site_status') then
    insert into kamailio_sync.stale_status (place, place_id) select 'site', s.id from public.sites s;
    insert into kamailio_sync.backfilled (kind) values ('site_status');
  end if;
end
$$;
