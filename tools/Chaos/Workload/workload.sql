-- What people do in the dashboard, each a transaction of its own, over few names so that they collide. Each function
-- answers how many rows it changed; a name that is taken changes none.
create table chaos.operation (
  id bigint primary key,
  kind text not null,
  changes integer not null
);

-- Writes down the change in its own transaction: who was told that it is committed can look it up.
create function chaos.did(p_id bigint, p_kind text, p_changes integer) returns integer language sql as $$
  insert into chaos.operation (id, kind, changes) values (p_id, p_kind, p_changes) returning changes
$$;

create function chaos.random_digest() returns text language sql volatile as $$
  select md5(gen_random_uuid()::text)
$$;

create function chaos.op_create(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  insert into public.sip_accounts (unit_id, username, type, extension)
  select u.id, p_name, 'panel', (p_id % 900)::text from public.units u where u.id = p_unit
  on conflict (username, domain) do nothing;
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'create', v_rows);
end
$$;

create function chaos.op_remove(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  delete from public.sip_accounts where username = p_name;
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'delete', v_rows);
end
$$;

create function chaos.op_recreate(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
  v_more integer;
begin
  delete from public.sip_accounts where username = p_name;
  get diagnostics v_rows = row_count;
  insert into public.sip_accounts (unit_id, username, type)
  select u.id, p_name, 'mobile' from public.units u where u.id = p_unit
  on conflict (username, domain) do nothing;
  get diagnostics v_more = row_count;
  return chaos.did(p_id, 'delete and create again', v_rows + v_more);
end
$$;

create function chaos.op_rename(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  begin
    update public.sip_accounts set username = p_other
    where username = p_name and not exists (select from public.sip_accounts a where a.username = p_other);
    get diagnostics v_rows = row_count;
  exception when unique_violation then
    v_rows := 0;
  end;
  return chaos.did(p_id, 'rename', v_rows);
end
$$;

create function chaos.op_swap(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_one uuid;
  v_two uuid;
begin
  perform from public.sip_accounts where username in (p_name, p_other) order by id for update;
  v_one := (select id from public.sip_accounts where username = p_name);
  v_two := (select id from public.sip_accounts where username = p_other);
  if v_one is null or v_two is null or v_one = v_two then
    return chaos.did(p_id, 'swap names', 0);
  end if;
  update public.sip_accounts set username = 'swap-' || p_id where id = v_one;
  update public.sip_accounts set username = p_name where id = v_two;
  perform pg_sleep(p_pause);
  update public.sip_accounts set username = p_other where id = v_one;
  return chaos.did(p_id, 'swap names', 2);
end
$$;

create function chaos.op_toggle(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  update public.sip_accounts set enabled = not enabled where username = p_name;
  get diagnostics v_rows = row_count;
  perform pg_sleep(p_pause);
  return chaos.did(p_id, 'enable or disable', v_rows);
end
$$;

create function chaos.op_rekey(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  update kamailio_sync.credentials
  set ha1 = chaos.random_digest(), ha1b = chaos.random_digest(), issued_at = now(), updated_at = now()
  where username = p_name;
  get diagnostics v_rows = row_count;
  perform pg_sleep(p_pause);
  return chaos.did(p_id, 're-key', v_rows);
end
$$;

create function chaos.op_move(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  update public.sip_accounts set unit_id = p_unit, extension = (p_id % 900)::text
  where username = p_name and exists (select from public.units u where u.id = p_unit);
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'move to another unit', v_rows);
end
$$;

-- 100 accounts at once, called after the name.
create function chaos.op_import(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  insert into public.sip_accounts (unit_id, username, type)
  select u.id, 'bulk-' || n, 'mobile' from public.units u, generate_series(1, 100) n where u.id = p_unit order by n
  on conflict (username, domain) do nothing;
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'bulk import', v_rows);
end
$$;

create function chaos.op_rekey_many(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  perform from kamailio_sync.credentials c where c.username like 'bulk-%' order by c.account_id for update;
  update kamailio_sync.credentials
  set ha1 = chaos.random_digest(), ha1b = chaos.random_digest(), issued_at = now(), updated_at = now()
  where username like 'bulk-%';
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'bulk re-key', v_rows);
end
$$;

create function chaos.op_change_many(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  perform from public.sip_accounts a where a.username like 'bulk-%' order by a.id for update;
  update public.sip_accounts set enabled = p_id % 3 > 0, extension = (p_id % 900)::text where username like 'bulk-%';
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'bulk change', v_rows);
end
$$;

-- The unit goes with its accounts and rules, and comes back under its own id.
create function chaos.op_cascade(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_building uuid := (select u.building_id from public.units u where u.id = p_unit);
  v_rows integer := (select count(*) from public.sip_accounts a where a.unit_id = p_unit);
begin
  if v_building is null then
    return chaos.did(p_id, 'cascading delete', 0);
  end if;
  delete from public.units where id = p_unit;
  perform pg_sleep(p_pause);
  if p_id % 2 = 0 then
    insert into public.units (id, building_id, number) values (p_unit, v_building, p_unit::text);
  end if;
  return chaos.did(p_id, 'cascading delete', v_rows + 1);
end
$$;

create function chaos.op_build(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  insert into public.units (id, building_id, number)
  select p_unit, b.id, p_unit::text from public.buildings b order by md5(b.id::text || p_id) limit 1
  on conflict do nothing;
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'create a unit', v_rows);
end
$$;

create function chaos.op_move_unit(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  update public.units set building_id = (select b.id from public.buildings b order by md5(b.id::text || p_id) limit 1) where id = p_unit;
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'move a unit', v_rows);
end
$$;

create function chaos.op_rules(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_rows integer;
begin
  perform from public.units u where u.id = p_unit for key share;
  delete from public.call_rules where unit_id = p_unit and priority % 2 = p_id % 2;
  perform pg_sleep(p_pause);
  insert into public.call_rules (unit_id, name, source_pattern, action, priority, enabled)
  select u.id, 'rule', 'intercom-' || (p_id % 50) || '*', (array['ring', 'reject'])[p_id % 2 + 1], (p_id % 10)::int, p_id % 5 > 0
  from public.units u where u.id = p_unit;
  get diagnostics v_rows = row_count;
  return chaos.did(p_id, 'call rules', v_rows);
end
$$;

create function chaos.op_move_building(p_id bigint, p_name text, p_other text, p_unit uuid, p_pause float8) returns integer language plpgsql as $$
declare
  v_building uuid := (select u.building_id from public.units u where u.id = p_unit);
  v_rows integer := (select count(*) from public.units u where u.building_id = v_building);
begin
  update public.buildings b set site_id = (select s.id from public.sites s order by md5(s.id::text || p_id) limit 1) where b.id = v_building;
  perform pg_sleep(p_pause);
  return chaos.did(p_id, 'move a building', v_rows);
end
$$;
