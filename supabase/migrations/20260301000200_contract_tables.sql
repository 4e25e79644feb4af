-- The dashboard's tables. A project that already has them keeps its rows, columns and keys; only
-- what the contract adds is changed.
create table if not exists public.sites (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  address text,
  type text not null default 'building' check (type in ('building', 'villa')),
  status text not null default 'offline' check (status in ('online', 'partial', 'offline')),
  timezone text not null default 'Europe/Paris',
  user_id uuid not null default auth.uid() references auth.users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table if not exists public.buildings (
  id uuid primary key default gen_random_uuid(),
  site_id uuid not null references public.sites (id) on delete cascade,
  name text not null,
  floor_count integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table if not exists public.units (
  id uuid primary key default gen_random_uuid(),
  building_id uuid not null references public.buildings (id) on delete cascade,
  number text not null,
  floor integer,
  owner_name text,
  owner_email text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (building_id, number)
);

create table if not exists public.sip_accounts (
  id uuid primary key default gen_random_uuid(),
  unit_id uuid not null references public.units (id) on delete cascade,
  username text not null,
  domain text not null default 'sip.neolia.app',
  password_hash text,
  extension text,
  display_name text,
  type text not null,
  enabled boolean not null default true,
  registered boolean not null default false,
  last_registration timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (username, domain)
);

create table if not exists public.call_rules (
  id uuid primary key default gen_random_uuid(),
  unit_id uuid not null references public.units (id) on delete cascade,
  name text not null,
  source_pattern text not null,
  action text not null check (action in ('ring', 'forward', 'voicemail', 'reject')),
  target_sip_uri text,
  priority integer not null default 0,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table if not exists public.intercom_activity_logs (
  id uuid primary key default gen_random_uuid(),
  site_id uuid references public.sites (id) on delete set null,
  building_id uuid references public.buildings (id) on delete set null,
  unit_id uuid references public.units (id) on delete set null,
  sip_account_id uuid references public.sip_accounts (id) on delete set null,
  level text not null default 'info' check (level in ('info', 'success', 'warning', 'error')),
  action text not null,
  message text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now()
);

-- The dashboard inserts a site without its owner.
alter table public.sites alter column user_id set default auth.uid();

-- An older check on the type alone knows no stations.
do $$
declare
  v_check record;
begin
  for v_check in
    select c.conname
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attname = 'type'
    where c.conrelid = 'public.sip_accounts'::regclass and c.contype = 'c' and c.conkey = array[a.attnum]
  loop
    execute format('alter table public.sip_accounts drop constraint %I', v_check.conname);
  end loop;

  alter table public.sip_accounts
    add constraint sip_accounts_type_check check (type in ('panel', 'mobile', 'station'));
end
$$;
