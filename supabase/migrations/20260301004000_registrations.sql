-- What the app's timer brings from Kamailio: which accounts have a device that is registered now, and when one last
-- did. Nothing else of an account or a site may the app change.
grant update (registered, last_registration) on public.sip_accounts to neolia_functions;
grant update (status) on public.sites to neolia_functions;

-- The grants say what; the policies let it through. One block, so that there is no moment in which the app sees no
-- row and takes that for the truth.
do $$
declare
  v_table name;
begin
  foreach v_table in array array['sip_accounts', 'sites'] loop
    if not exists (
      select from pg_catalog.pg_policies p
      where (p.schemaname, p.tablename, p.policyname, p.cmd) = ('public', v_table, 'function_app', 'ALL'))
    then
      execute format('drop policy if exists function_app on public.%I', v_table);
      execute format('create policy function_app on public.%I for all to neolia_functions using (true)', v_table);
    end if;
  end loop;
end
$$;

-- Compared with Kamailio's contacts every half minute. Refreshing a registration changes no indexed column.
create index if not exists sip_accounts_registered_idx on public.sip_accounts (id) where registered;
