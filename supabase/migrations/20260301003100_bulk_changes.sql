-- What a bulk change needs not pay for each row.

-- A name and a domain that are canonical already are left as they are: the function would do the same, six times as
-- slowly. The conditions are the function's own.
create or replace trigger neolia_canonical_name before insert or update of username, domain on public.sip_accounts
  for each row
  when (new.username is null or new.username !~ '^[a-z0-9._-]{1,64}$' or new.domain is null or new.domain !~ '^[a-z0-9.-]{1,64}$')
  execute function kamailio_sync.canonical_name();

-- Who issues credentials sets updated_at itself.
create or replace trigger neolia_updated_at before update on kamailio_sync.credentials
  for each row when (new.updated_at is not distinct from old.updated_at) execute function kamailio_sync.set_updated_at();
