-- sip_accounts.password_hash is readable by every user who sees the account, and a digest is a password to whoever can
-- read it. What an earlier version left there moves to kamailio_sync.credentials when the operator says so (verb
-- move-password-hashes); from now on nothing new gets in.

-- No error, because the dashboard may send the column along. A value that still waits to be moved stays as it is: a
-- form that sends a row back as it was read must not lose it.
create or replace function kamailio_sync.keep_password_hash_out()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.password_hash := case when tg_op = 'UPDATE' then old.password_hash end;
  return new;
end
$$;

revoke all on function kamailio_sync.keep_password_hash_out() from public;

create or replace trigger neolia_keep_password_hash_out before insert or update on public.sip_accounts
  for each row when (new.password_hash is not null)
  execute function kamailio_sync.keep_password_hash_out();

-- Moves the next accounts after p_after, in order of their ids, and says what became of each: 'moved', or why its value
-- is dropped. Never answers a value. A row that somebody holds is left for another call. Accounts are locked before
-- credentials, as a rename does.
create or replace function kamailio_sync.move_password_hashes(p_after uuid, p_limit integer, p_dry_run boolean)
returns table (account_id uuid, username text, domain text, outcome text)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_accounts uuid[];
begin
  if p_dry_run then
    v_accounts := array(
      select a.id
      from public.sip_accounts a
      where a.password_hash is not null and (p_after is null or a.id > p_after)
      order by a.id
      limit p_limit);
  else
    v_accounts := array(
      select a.id
      from public.sip_accounts a
      where a.password_hash is not null and (p_after is null or a.id > p_after)
      order by a.id
      limit p_limit
      for no key update skip locked);
    perform from kamailio_sync.credentials c where c.account_id = any (v_accounts) order by c.account_id for update;
  end if;

  return query
    select a.id, a.username, a.domain, case
        when a.password_hash = '' then 'empty'
        when a.password_hash !~ '^[0-9a-fA-F]{32}$' then 'malformed'
        when c.issued_at is not null then 'issued'
        when (c.username, c.domain, c.realm) = (a.username, a.domain, a.domain) then 'moved'
        else 'no_credentials'
      end
    from public.sip_accounts a
    left join kamailio_sync.credentials c on c.account_id = a.id
    where a.id = any (v_accounts)
    order by a.id;

  if p_dry_run then
    return;
  end if;

  -- Its trigger marks the accounts dirty.
  update kamailio_sync.credentials c
  set ha1 = lower(a.password_hash collate "C"),
    ha1b = kamailio_sync.random_digest(),
    issued_at = now(),
    updated_at = now()
  from public.sip_accounts a
  where a.id = any (v_accounts) and c.account_id = a.id
    and a.password_hash ~ '^[0-9a-fA-F]{32}$'
    and c.issued_at is null
    and (c.username, c.domain, c.realm) = (a.username, a.domain, a.domain);

  update public.sip_accounts a set password_hash = null where a.id = any (v_accounts);
end
$$;

revoke all on function kamailio_sync.move_password_hashes(uuid, integer, boolean) from public;
grant execute on function kamailio_sync.move_password_hashes(uuid, integer, boolean) to neolia_functions;
