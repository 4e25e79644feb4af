-- Checks Kamailio's database before the sync writes to it, and any time later. Changes nothing.
--
--   mariadb --table kamailio < check.sql   as Kamailio's user or an administrator
--
-- One row per finding (problem, place, what_to_do); no row means that all is well. One statement, so that a program
-- may also split at a ';' at the end of a line. Never shows a password or a digest.
--
-- Columns that a hand-made table may lack (ha1, ha1b, password) are written without a table's name inside a
-- subquery: where subscriber lacks one, the name falls through to the harmless stand-in of the outer query.

select 'no unique key on (username, domain)' as problem,
  'subscriber' as place,
  'Remove doubled names, then: alter table subscriber add unique key account_idx (username, domain)' as what_to_do
from (select 1) as once
where not exists (
  select index_name
  from information_schema.statistics
  where table_schema = database() and table_name = 'subscriber'
  group by index_name
  having max(non_unique) = 0 and count(*) = 2 and count(sub_part) = 0
    and sum(column_name in ('username', 'domain')) = 2)

union all
select concat('unique key ', index_name, ' on one column: a name could exist in one domain only'),
  concat('subscriber.', max(column_name)),
  concat('alter table subscriber drop key ', index_name)
from information_schema.statistics
where table_schema = database() and table_name = 'subscriber'
group by index_name
having max(non_unique) = 0 and count(*) = 1 and max(column_name) in ('username', 'domain')

union all
select 'column is missing',
  concat('subscriber.', wanted.name),
  concat('alter table subscriber add column ', wanted.name, ' varchar(', wanted.stock, ') not null')
from (
  select 'username' as name, 64 as stock union all select 'domain', 64
  union all select 'ha1', 128 union all select 'ha1b', 128) as wanted
left join information_schema.columns as found
  on found.table_schema = database() and found.table_name = 'subscriber' and found.column_name = wanted.name
where found.column_name is null

union all
select concat('column holds ', coalesce(found.character_maximum_length, 0), ' characters, ', wanted.least, ' are needed'),
  concat('subscriber.', found.column_name),
  concat('alter table subscriber modify ', found.column_name, ' varchar(', wanted.stock, ') not null')
from (
  select 'username' as name, 64 as least, 64 as stock union all select 'domain', 64, 64
  union all select 'ha1', 32, 128 union all select 'ha1b', 32, 128) as wanted
join information_schema.columns as found
  on found.table_schema = database() and found.table_name = 'subscriber' and found.column_name = wanted.name
where coalesce(found.character_maximum_length, 0) < wanted.least

union all
select 'column must be given a value, and the sync gives none',
  concat('subscriber.', column_name),
  concat('Give it a default or allow null: alter table subscriber alter column ', column_name, ' set default ...')
from information_schema.columns
where table_schema = database() and table_name = 'subscriber'
  and column_name not in ('username', 'domain', 'ha1', 'ha1b')
  and is_nullable = 'NO' and column_default is null and extra not like '%auto_increment%' and extra not like '%generated%'

union all
select concat(found.amount, ' subscribers have an empty or malformed ', found.name, ': an open door'),
  concat('subscriber.', found.name, ', for example ', found.example),
  concat('Make it from the old password where there is one, else random: update subscriber set ', found.name,
    ' = md5(concat(username, ', found.between_names, ', domain, '':'', ',
    if(exists (
      select 1 from information_schema.columns
      where table_schema = database() and table_name = 'subscriber' and column_name = 'password'),
      'coalesce(nullif(password, ''''), hex(random_bytes(16)))', 'hex(random_bytes(16))'),
    ')) where ', found.name, ' is null or ', found.name, ' not regexp ''^[0-9a-f]{32}$''')
from (
  select 'ha1' as name,
    quote(':') as between_names,
    (select count(*) from subscriber where ha1 is null or ha1 not regexp '^[0-9a-f]{32}$') as amount,
    (select min(concat(username, '@', domain)) from subscriber
     where ha1 is null or ha1 not regexp '^[0-9a-f]{32}$') as example
  from (select repeat('0', 32) as ha1) as if_missing
  union all
  select 'ha1b',
    concat(quote('@'), ', domain, ', quote(':')),
    (select count(*) from subscriber where ha1b is null or ha1b not regexp '^[0-9a-f]{32}$'),
    (select min(concat(username, '@', domain)) from subscriber
     where ha1b is null or ha1b not regexp '^[0-9a-f]{32}$')
  from (select repeat('0', 32) as ha1b) as if_missing) as found
where found.amount > 0

union all
select concat(found.amount, ' plaintext passwords are stored'),
  'subscriber.password',
  'When every device works with ha1: update subscriber set password = '''''
from (
  select (select count(*) from subscriber where password <> '') as amount
  from (select '' as password) as if_missing) as found
where found.amount > 0

union all
select concat(count(*), ' subscribers are one and the same to Kamailio, which does not tell case or trailing blanks'),
  concat('subscriber ', max(lower(rtrim(username))), '@', max(lower(rtrim(domain)))),
  'Keep one of them, written in lower case'
from subscriber
group by lower(rtrim(username)), lower(rtrim(domain))
having count(*) > 1

union all
select concat('table is ', engine, ': a change can not be undone as a whole'),
  table_name,
  concat('alter table ', table_name, ' engine = InnoDB')
from information_schema.tables
where table_schema = database() and table_name in ('subscriber', 'location') and engine <> 'InnoDB'

union all
select 'table is missing',
  wanted.name,
  if(wanted.name = 'location', 'Create Kamailio''s own tables: usrloc-create.sql', 'Run tables.sql')
from (
  select 'location' as name union all select 'neolia_account' union all select 'neolia_identity'
  union all select 'neolia_kick' union all select 'neolia_unit' union all select 'neolia_call_rule'
  union all select 'neolia_forward_target' union all select 'neolia_progress') as wanted
left join information_schema.tables as found on found.table_schema = database() and found.table_name = wanted.name
where found.table_name is null

union all
select 'column that usrloc reads or writes is missing',
  concat('location.', wanted.name),
  'Bring the table up to version 9: see usrloc-create.sql of the Kamailio that is installed'
from (
  select 'id' as name union all select 'ruid' union all select 'username' union all select 'domain'
  union all select 'contact' union all select 'received' union all select 'path' union all select 'expires'
  union all select 'q' union all select 'callid' union all select 'cseq' union all select 'last_modified'
  union all select 'flags' union all select 'cflags' union all select 'user_agent' union all select 'socket'
  union all select 'methods' union all select 'instance' union all select 'reg_id' union all select 'server_id'
  union all select 'connection_id' union all select 'keepalive' union all select 'partition') as wanted
left join information_schema.columns as found
  on found.table_schema = database() and found.table_name = 'location' and found.column_name = wanted.name
where found.column_name is null
  and exists (select 1 from information_schema.tables where table_schema = database() and table_name = 'location')

union all
select concat('collation ', other.collation_name, ' differs from ', stock.collation_name, ' of subscriber.username'),
  concat(other.table_name, '.', other.column_name),
  concat('alter table ', other.table_name, ' modify ', other.column_name, ' ', other.column_type,
    ' character set ', stock.character_set_name, ' collate ', stock.collation_name,
    if(other.is_nullable = 'NO', ' not null', ' null'))
from information_schema.columns as stock
join information_schema.columns as other
  on other.table_schema = stock.table_schema
  and (other.table_name in ('subscriber', 'location', 'neolia_identity', 'neolia_kick')
    and other.column_name in ('username', 'domain')
    or other.table_name = 'neolia_call_rule' and other.column_name = 'target_uri')
  and other.collation_name <> stock.collation_name
where stock.table_schema = database() and stock.table_name = 'subscriber' and stock.column_name = 'username';
