-- Stands for the dashboard repository's migration: exactly the contract's columns, an older
-- signature of the statistics, no user_id default, no stations.
create table public.sites (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  address text,
  type text not null default 'building' check (type in ('building', 'villa')),
  status text not null default 'offline' check (status in ('online', 'partial', 'offline')),
  timezone text not null default 'Europe/Paris',
  user_id uuid references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table public.buildings (
  id uuid primary key default gen_random_uuid(),
  site_id uuid not null references public.sites (id) on delete cascade,
  name text not null,
  floor_count integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table public.units (
  id uuid primary key default gen_random_uuid(),
  building_id uuid not null references public.buildings (id) on delete cascade,
  number varchar(20) not null,
  floor integer,
  owner_name text,
  owner_email text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (building_id, number)
);
create table public.sip_accounts (
  id uuid primary key default gen_random_uuid(),
  unit_id uuid not null references public.units (id) on delete cascade,
  username text not null,
  domain text not null default 'sip.neolia.app',
  password_hash text,
  extension text,
  display_name text,
  type text not null check (type in ('panel', 'mobile')),
  enabled boolean not null default true,
  registered boolean not null default false,
  last_registration timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (username, domain)
);
create index idx_sip_accounts_unit on public.sip_accounts (unit_id);
create table public.call_rules (
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
create table public.intercom_activity_logs (
  id uuid primary key default gen_random_uuid(),
  site_id uuid references public.sites (id) on delete set null,
  building_id uuid references public.buildings (id) on delete set null,
  unit_id uuid references public.units (id) on delete set null,
  sip_account_id uuid references public.sip_accounts (id) on delete set null,
  level text not null default 'info' check (level in ('info', 'success', 'warning', 'error')),
  action text not null,
  message text not null,
  metadata jsonb default '{}',
  created_at timestamptz not null default now()
);
create function public.get_intercom_stats(p_user_id uuid)
returns table (sites_total bigint, units_total bigint)
language sql security definer as $$
  select (select count(*) from public.sites where user_id = p_user_id), (select count(*) from public.units)
$$;
create function public.get_intercom_stats(p_user_id uuid, p_site_id uuid)
returns bigint
language sql security definer as $$
  select count(*) from public.units
$$;
