-- What an installer reads of a flat's sync, its call rules included, in the language of the browser that asks. As
-- sip_account_sync_view does it for accounts.
create or replace view public.unit_sync_view with (security_invoker = true) as
select s.unit_id, s.state, s.error_code,
  case when s.error_code is null then s.last_error
    else coalesce(public.intercom_explanation(s.error_code, l.language, s.error_about), s.last_error) end as last_error,
  s.last_error as last_error_detail, s.attempts, s.synced_at, s.updated_at
from public.unit_sync s
cross join (select public.intercom_language() as language) l;

revoke all on public.unit_sync_view from public, anon, authenticated, service_role;
grant select on public.unit_sync_view to authenticated, service_role;
