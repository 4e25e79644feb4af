-- "delete_account" of a caller that acts for all (role service_role) deletes without row level security. One function
-- instead of a right to delete from the table, which the app has no other use for.
create or replace function kamailio_sync.delete_account(p_account uuid)
returns table (username text, domain text)
language sql
volatile
security definer
set search_path = ''
as $$
  delete from public.sip_accounts a where a.id = p_account returning a.username, a.domain
$$;

revoke all on function kamailio_sync.delete_account(uuid) from public;
grant execute on function kamailio_sync.delete_account(uuid) to neolia_functions;
