-- A Supabase project has these extensions at hand but not always switched on. Without them rows
-- are synced all the same, by the app's timer instead of at once.
do $$
declare
  v_extension text;
begin
  foreach v_extension in array array['pgcrypto', 'pg_net'] loop
    if exists (select from pg_catalog.pg_available_extensions where name = v_extension and installed_version is null) then
      begin
        execute format('create extension %I with schema %I', v_extension,
          coalesce((select n.nspname from pg_catalog.pg_namespace n where n.nspname = 'extensions'), 'public'));
      exception when others then
        raise notice 'The extension % could not be switched on (%): changes will reach Kamailio by the timer.', v_extension, sqlerrm;
      end;
    end if;
  end loop;
end
$$;

-- Standard Webhooks: base64 of HMAC-SHA256 over "id.timestamp.body". pgcrypto lives where the
-- project put it.
create or replace function kamailio_sync.webhook_signature(p_secret text, p_id text, p_timestamp text, p_body text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_schema name := (
    select n.nspname
    from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pgcrypto');
  v_key bytea := decode(regexp_replace(p_secret, '^whsec_', ''), 'base64');
  v_signature bytea;
begin
  if octet_length(v_key) < 24 then
    raise exception 'the doorbell''s secret is shorter than the 24 bytes of Standard Webhooks';
  end if;
  execute format('select %I.hmac($1, $2, %L)', v_schema, 'sha256')
    into v_signature
    using convert_to(concat_ws('.', p_id, p_timestamp, p_body), 'UTF8'), v_key;
  return 'v1,' || encode(v_signature, 'base64');
end
$$;

-- Posts one signed doorbell. Its body has the shape of a database webhook and holds ids only: the
-- app reads what is true itself. Every message is signed, because any login role can read pg_net's
-- queue, where a fixed secret in a header would lie open. No url or no secret means that nobody
-- wants to be rung.
create or replace function kamailio_sync.post_doorbell(p_kind text, p_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_blanks constant text := E' \t\r\n';
  v_url text := (
    select btrim(s.decrypted_secret, v_blanks) from vault.decrypted_secrets s where s.name = 'neolia_doorbell_url');
  v_secret text := (
    select btrim(s.decrypted_secret, v_blanks) from vault.decrypted_secrets s where s.name = 'neolia_doorbell_secret');
  v_id text := 'msg_' || gen_random_uuid();
  v_timestamp text := floor(extract(epoch from clock_timestamp()))::bigint;
  v_body jsonb := jsonb_build_object('type', 'UPDATE', 'schema', 'public',
    'table', case p_kind when 'account' then 'sip_accounts' else 'units' end,
    'record', jsonb_build_object('id', p_id), 'old_record', jsonb_build_object('id', p_id));
begin
  if coalesce(v_url, '') = '' or coalesce(v_secret, '') = '' then
    return;
  end if;

  perform net.http_post(
    url := v_url,
    body := v_body,
    params := '{}'::jsonb,
    headers := jsonb_build_object(
      'Content-Type', 'application/json',
      'webhook-id', v_id,
      'webhook-timestamp', v_timestamp,
      'webhook-signature', kamailio_sync.webhook_signature(v_secret, v_id, v_timestamp, v_body::text)),
    timeout_milliseconds := 5000);
end
$$;

-- Rings once per transaction. The mark that it has rung is local to the transaction, so that a
-- savepoint that is rolled back forgets the mark together with the request it covered; and it names
-- the transaction, so that a value left in the session can't silence the next one. It is set before
-- the attempt: a doorbell that fails fails once, not at every statement of a bulk change.
--
-- Whatever goes wrong here must not touch the user's change: no extension, no Vault, a secret that
-- is no base64, a lock on pg_net's table (hence the time-out). The message stays out of the log,
-- because it can quote the secret.
create or replace function kamailio_sync.ring_doorbell(p_kind text, p_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
set lock_timeout = '250ms'
as $$
declare
  v_transaction text := pg_current_xact_id();
begin
  if current_setting('kamailio_sync.doorbell_rung', true) = v_transaction then
    return;
  end if;
  perform set_config('kamailio_sync.doorbell_rung', v_transaction, true);

  begin
    perform kamailio_sync.post_doorbell(p_kind, p_id);
  exception when others then
    raise log 'kamailio_sync: the doorbell could not be rung (SQLSTATE %); the timer will find the change', sqlstate;
  end;
end
$$;

revoke all on function
  kamailio_sync.webhook_signature(text, text, text, text),
  kamailio_sync.post_doorbell(text, uuid),
  kamailio_sync.ring_doorbell(text, uuid)
  from public;
