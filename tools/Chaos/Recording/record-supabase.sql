-- What was committed in Supabase: each version with the state that it stands for, and each acknowledge. Written by
-- triggers in the transactions themselves, so it says what they say, whatever dies.
create schema chaos;

create table chaos.drawn (
  seq bigint generated always as identity primary key,
  kind text not null,
  subject_id uuid not null,
  version bigint not null,
  -- An account's; all null once it is gone.
  username text, domain text, enabled boolean, unit_id uuid, type text, extension text, ha1 text, ha1b text,
  -- A unit's.
  site_id uuid, building_id uuid, number text
);

create table chaos.finished (
  seq bigint generated always as identity primary key,
  kind text not null,
  subject_id uuid not null,
  version bigint not null,
  at timestamptz not null default clock_timestamp()
);

create function chaos.note_drawn() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.kind = 'account' then
    insert into chaos.drawn (kind, subject_id, version, username, domain, enabled, unit_id, type, extension, ha1, ha1b)
    select new.kind, new.subject_id, new.version, a.username, a.domain, a.enabled, a.unit_id, a.type, a.extension, c.ha1, c.ha1b
    from (select) as one
    left join public.sip_accounts a on a.id = new.subject_id
    left join kamailio_sync.credentials c on c.account_id = a.id;
  else
    insert into chaos.drawn (kind, subject_id, version, site_id, building_id, number)
    select new.kind, new.subject_id, new.version, b.site_id, u.building_id, u.number
    from (select) as one
    left join public.units u on u.id = new.subject_id
    left join public.buildings b on b.id = u.building_id;
  end if;
  return null;
end
$$;

create function chaos.note_finished() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into chaos.finished (kind, subject_id, version) values (old.kind, old.subject_id, old.version);
  return null;
end
$$;

create trigger chaos_drawn after update on kamailio_sync.queue
  for each row when (new.version is distinct from old.version) execute function chaos.note_drawn();
create trigger chaos_drawn_at_once after insert on kamailio_sync.queue
  for each row when (new.version > 0) execute function chaos.note_drawn();
create trigger chaos_finished after delete on kamailio_sync.queue
  for each row execute function chaos.note_finished();
