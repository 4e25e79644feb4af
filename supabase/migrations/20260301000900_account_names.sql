-- A free user name made from the flat: what the dashboard promises. Its last six characters out of
-- a-z and 2-7 (2^30 of them) come from bytes of a random uuid that carry no version bits. Security
-- definer, because a name is also taken by an account that the caller may not see. Two transactions
-- that make the same name at the same moment are told apart by the unique key.
create or replace function kamailio_sync.made_username(p_type text, p_unit_id uuid, p_domain text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_letters constant text := 'abcdefghijklmnopqrstuvwxyz234567';
  v_flat text := (select u.number from public.units u where u.id = p_unit_id);
  v_bytes bytea;
  v_name text;
begin
  v_flat := btrim(left(regexp_replace(lower(coalesce(v_flat, '') collate "C"), '[^a-z0-9]+', '-', 'g'), 24), '-');
  loop
    v_bytes := uuid_send(gen_random_uuid());
    v_name := case when p_type <> 'station' then p_type || v_flat when v_flat = '' then 'intercom' else 'intercom-' || v_flat end
      || '-'
      || substr(v_letters, get_byte(v_bytes, 0) % 32 + 1, 1)
      || substr(v_letters, get_byte(v_bytes, 1) % 32 + 1, 1)
      || substr(v_letters, get_byte(v_bytes, 2) % 32 + 1, 1)
      || substr(v_letters, get_byte(v_bytes, 3) % 32 + 1, 1)
      || substr(v_letters, get_byte(v_bytes, 4) % 32 + 1, 1)
      || substr(v_letters, get_byte(v_bytes, 5) % 32 + 1, 1);
    exit when not exists (
      select from public.sip_accounts a where a.username = v_name and a.domain = p_domain);
  end loop;
  return v_name;
end
$$;

create or replace function kamailio_sync.canonical_name()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_blanks constant text := E' \t\r\n';
begin
  if tg_op = 'INSERT' or new.domain is distinct from old.domain then
    new.domain := coalesce(nullif(lower(btrim(new.domain, v_blanks) collate "C"), ''), 'sip.neolia.app');
    if new.domain !~ '^[a-z0-9.-]{1,64}$' then
      raise exception 'The domain "%" can''t be used: write 1 to 64 letters a-z, digits, dots and hyphens.', left(new.domain, 80)
        using errcode = 'check_violation';
    end if;
  end if;

  if tg_op = 'INSERT' or new.username is distinct from old.username then
    new.username := coalesce(
      nullif(lower(btrim(new.username, v_blanks) collate "C"), ''),
      kamailio_sync.made_username(new.type, new.unit_id, new.domain));
    if new.username !~ '^[a-z0-9._-]{1,64}$' then
      raise exception 'The user name "%" can''t be used: write 1 to 64 letters a-z, digits, dots, hyphens and underscores.', left(new.username, 80)
        using errcode = 'check_violation';
    end if;
  end if;

  return new;
end
$$;

revoke all on function kamailio_sync.made_username(text, uuid, text), kamailio_sync.canonical_name() from public;

create or replace trigger neolia_canonical_name before insert or update of username, domain on public.sip_accounts
  for each row execute function kamailio_sync.canonical_name();
