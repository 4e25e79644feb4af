-- Subject "unit_rules": where a unit stands (site, building, number) and its call rules. Accounts
-- carry only their unit, so a move of a unit or building is not multiplied by its accounts.

create or replace function kamailio_sync.units_inserted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('unit_rules', array(select n.id from new_rows n));
  return null;
end
$$;

create or replace function kamailio_sync.units_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('unit_rules', array(
    select id
    from old_rows o
    full join new_rows n using (id)
    where (o.building_id, o.number) is distinct from (n.building_id, n.number)));
  return null;
end
$$;

create or replace function kamailio_sync.units_deleted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('unit_rules', array(select o.id from old_rows o));
  return null;
end
$$;

-- Rule P5. A unit that another transaction is just inserting under a moving building marks itself,
-- but may be read and applied with the old site before the move commits, and this list would not
-- see it. Its foreign key holds the building "for key share", which the move's own update doesn't
-- conflict with; "for update" does. So either that insert has committed when the lock is granted,
-- and the next statement lists its unit, or it waits and comes after the move.
create or replace function kamailio_sync.buildings_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_moved uuid[] := array(
    select n.id from old_rows o join new_rows n using (id) where o.site_id is distinct from n.site_id);
begin
  perform from public.buildings b where b.id = any (v_moved) order by b.id for update;

  perform kamailio_sync.mark('unit_rules', array(
    select u.id from public.units u where u.building_id = any (v_moved)));
  return null;
end
$$;

create or replace function kamailio_sync.call_rules_inserted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('unit_rules', array(select distinct n.unit_id from new_rows n));
  return null;
end
$$;

-- A rule that moves makes both units dirty.
create or replace function kamailio_sync.call_rules_updated()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('unit_rules', array(
    select distinct m.unit_id
    from old_rows o
    full join new_rows n using (id)
    cross join lateral (values (o.unit_id), (n.unit_id)) m (unit_id)
    where m.unit_id is not null
      and (o.unit_id, o.source_pattern, o.action, o.target_sip_uri, o.priority, o.enabled)
        is distinct from (n.unit_id, n.source_pattern, n.action, n.target_sip_uri, n.priority, n.enabled)));
  return null;
end
$$;

create or replace function kamailio_sync.call_rules_deleted()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform kamailio_sync.mark('unit_rules', array(select distinct o.unit_id from old_rows o));
  return null;
end
$$;

revoke all on function
  kamailio_sync.units_inserted(), kamailio_sync.units_updated(), kamailio_sync.units_deleted(),
  kamailio_sync.buildings_updated(),
  kamailio_sync.call_rules_inserted(), kamailio_sync.call_rules_updated(), kamailio_sync.call_rules_deleted()
  from public;

create or replace trigger neolia_mark_inserted after insert on public.units
  referencing new table as new_rows
  for each statement execute function kamailio_sync.units_inserted();
create or replace trigger neolia_mark_updated after update on public.units
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.units_updated();
create or replace trigger neolia_mark_deleted after delete on public.units
  referencing old table as old_rows
  for each statement execute function kamailio_sync.units_deleted();

create or replace trigger neolia_mark_moved after update on public.buildings
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.buildings_updated();

create or replace trigger neolia_mark_inserted after insert on public.call_rules
  referencing new table as new_rows
  for each statement execute function kamailio_sync.call_rules_inserted();
create or replace trigger neolia_mark_updated after update on public.call_rules
  referencing old table as old_rows new table as new_rows
  for each statement execute function kamailio_sync.call_rules_updated();
create or replace trigger neolia_mark_deleted after delete on public.call_rules
  referencing old table as old_rows
  for each statement execute function kamailio_sync.call_rules_deleted();
