alter table public.sites enable row level security;
alter table public.sip_accounts enable row level security;
alter table public.intercom_activity_logs enable row level security;
create policy "Users can view their sites" on public.sites for select using (true);
create policy "Users manage sites" on public.sites for all using (auth.uid() = user_id);
create policy "Everybody signed in" on public.sip_accounts for all to authenticated using (true) with check (true);
create policy "Logs without a site are public" on public.intercom_activity_logs for select
  using (site_id is null or exists (select from public.sites s where s.id = site_id));
