-- Six characters out of a-z and 2-7: one of 2^30. The first six bytes of a random uuid carry no
-- version bits.
create or replace function kamailio_sync.random_suffix()
returns text
language sql
volatile
set search_path = ''
as $$
  select string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', get_byte(r.bytes, i) % 32 + 1, 1), '')
  from (select uuid_send(gen_random_uuid()) as bytes) r, generate_series(0, 5) i
$$;

-- What the dashboard promises: a user name made from the flat.
create or replace function kamailio_sync.made_username(p_type text, p_number text)
returns text
language sql
volatile
set search_path = ''
as $$
  select case p_type when 'station' then 'intercom' || case when f.slug = '' then '' else '-' end else p_type end
    || f.slug || '-' || kamailio_sync.random_suffix()
  from (
    select btrim(left(regexp_replace(lower(coalesce(p_number, '') collate "C"), '[^a-z0-9]+', '-', 'g'), 24), '-') as slug
  ) f
$$;

-- A name that is free. Security definer, because a name is also taken by an account that the
-- caller may not see. Two transactions that make the same name at the same moment (1 in 2^30) are
-- told apart by the unique key.
create or replace function kamailio_sync.free_username(p_type text, p_unit_id uuid, p_domain text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_number text := (select u.number from public.units u where u.id = p_unit_id);
  v_name text;
begin
  loop
    v_name := kamailio_sync.made_username(coalesce(p_type, 'panel'), v_number);
    exit when not exists (
      select from public.sip_accounts a where a.username = v_name and a.domain = p_domain);
  end loop;
  return v_name;
end
$$;

create or replace function kamailio_sync.trimmed_lower(p_text text)
returns text
language sql
immutable
set search_path = ''
as $$
  select nullif(lower(btrim(p_text, E' \t\r\n') collate "C"), '')
$$;

-- Kamailio's tables compare names without case and trailing blanks (rule M5): only canonical ones
-- get in. A row from before these rules may keep its name as long as nobody changes it, so that it
-- can still be disabled, moved or deleted.
create or replace function kamailio_sync.canonical_name()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or new.domain is distinct from old.domain then
    new.domain := coalesce(kamailio_sync.trimmed_lower(new.domain), 'sip.neolia.app');
    if new.domain !~ '^[a-z0-9.-]{1,64}$' then
      raise exception 'The domain "%" can''t be used: write 1 to 64 letters a-z, digits, dots and hyphens.', left(new.domain, 80)
        using errcode = 'check_violation';
    end if;
  end if;

  if tg_op = 'INSERT' or new.username is distinct from old.username then
    new.username := coalesce(
      kamailio_sync.trimmed_lower(new.username),
      kamailio_sync.free_username(new.type, new.unit_id, new.domain));
    if new.username !~ '^[a-z0-9._-]{1,64}$' then
      raise exception 'The user name "%" can''t be used: write 1 to 64 letters a-z, digits, dots, hyphens and underscores.', left(new.username, 80)
        using errcode = 'check_violation';
    end if;
  end if;

  return new;
end
$$;

revoke all on function
  kamailio_sync.random_suffix(), kamailio_sync.made_username(text, text),
  kamailio_sync.free_username(text, uuid, text), kamailio_sync.trimmed_lower(text),
  kamailio_sync.canonical_name()
  from public;

create or replace trigger neolia_canonical_name before insert or update of username, domain on public.sip_accounts
  for each row execute function kamailio_sync.canonical_name();
