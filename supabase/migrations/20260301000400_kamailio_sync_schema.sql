-- What the function app works with. The API exposes only "public", and no dashboard role may even
-- look in here: digests are passwords to whoever can read them.
create schema if not exists kamailio_sync;
revoke all on schema kamailio_sync from public, anon, authenticated, service_role;

-- Versions of all subjects. Cache 1, because a cached block would hand out old numbers late
-- (rule P1); no cycle, because a fence never goes back.
create sequence if not exists kamailio_sync.version as bigint cache 1 no cycle;

-- 32 hex digits that nobody knows: 128 bits of SHA-256 over two random uuids, from the core alone.
-- Without a search_path of its own it is inlined, which bulk imports feel; all its callers fix theirs.
create or replace function kamailio_sync.random_digest()
returns text
language sql
volatile
as $$
  select left(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'), 32)
$$;

-- Every account has a row from the moment it exists; issued_at is null while its digests are
-- random. HA1 is bound to name, domain and realm, so the row says which ones it was made for.
-- No digest may ever be empty: Kamailio would take that for an open door.
create table if not exists kamailio_sync.credentials (
  account_id uuid primary key references public.sip_accounts (id) on delete cascade on update cascade,
  ha1 text not null check (ha1 ~ '^[0-9a-f]{32}$'),
  ha1b text not null check (ha1b ~ '^[0-9a-f]{32}$'),
  username text not null,
  domain text not null,
  realm text not null,
  issued_at timestamptz,
  updated_at timestamptz not null default now()
);

-- One row per dirty subject. No foreign key: a deleted account is work, too. A failure that waits
-- for the next change of its subject is parked at next_attempt_at = 'infinity'.
create table if not exists kamailio_sync.queue (
  kind text not null check (kind in ('account', 'unit_rules')),
  subject_id uuid not null,
  version bigint not null,
  enqueued_at timestamptz not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  lease_id uuid,
  leased_until timestamptz,
  last_error text,
  primary key (kind, subject_id)
);

create index if not exists queue_due on kamailio_sync.queue (next_attempt_at);

-- Rows live for milliseconds: dead ones must go by their number, not by a share of a table that
-- is usually empty.
alter table kamailio_sync.queue set (
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 2000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 2000
);

revoke all on function kamailio_sync.random_digest() from public;
revoke all on all tables in schema kamailio_sync from public, anon, authenticated, service_role;
revoke all on all sequences in schema kamailio_sync from public, anon, authenticated, service_role;
