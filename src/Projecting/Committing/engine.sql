-- What the projection engine keeps besides the read models themselves. Safe to run at every start.
create schema if not exists projecting;
create schema if not exists facts;

-- One row an instance: its checkpoint and its owner. A null position means "never started", which is not position 0.
-- `joined`: it has caught up with what is live, so it answers. `states_left`: the process that folds it has newer states in memory than the table of states holds, which then stands at
-- `states_commit`; null = before the first event.
create table if not exists projecting.instances (
  schema_name      text        not null,
  grp              int         not null,
  projection       text        not null,
  version          int         not null,
  log_id           uuid        not null,
  sql_hash         text        not null default '',
  commit_position  bigint,
  prepare_position bigint,
  epoch            bigint      not null default 0,
  events           bigint      not null default 0,
  recorded_at      bigint,
  updated_at       timestamptz not null default now(),
  joined           boolean     not null default false,
  states_left      boolean     not null default false,
  states_commit    bigint,
  states_prepare   bigint,
  primary key (schema_name, grp)
);

-- Who decides the facts, and folds all that it has not lent: one process at a time. Its heartbeat moves `beat`; whoever sees it stand still for the length of a lease, measured by the
-- own monotonic clock, takes over by raising the epoch. No column is compared with a clock. `format` is what the owners wrote (see StoredFormat): a program that does not know it leaves the lease alone.
create table if not exists projecting.lease (
  one           boolean     primary key default true check (one),
  epoch         bigint      not null default 0,
  owner         text,
  beat          bigint      not null default 0,
  backend_pid   int,
  backend_start timestamptz,
  format        int         not null default 1
);
insert into projecting.lease default values on conflict do nothing;

-- Processes that stand by and would fold some projections meanwhile, each with the projections that it can (name, version, format) and the name of its connections. The owner
-- watches their heartbeats as they watch the owner's.
create table if not exists projecting.followers (
  process       uuid        primary key,
  name          text        not null,
  projections   text[]      not null,
  application   text        not null,
  beat          bigint      not null default 0,
  backend_pid   int,
  backend_start timestamptz
);

-- Projections that the owner has lent to a follower, until it calls them back, hears nothing of the follower, or another owner begins. Their epochs are below zero, so that
-- none of them ever is a lease's.
create table if not exists projecting.shares (
  projection  text    primary key,
  process     uuid    not null,
  epoch       bigint  not null,
  called_back boolean not null default false
);
create sequence if not exists projecting.share_epochs increment by -1 maxvalue -1;

-- Which revisions of which definitions an instance keeps, each with the group that it came with: what a state holds of a revision that went and came back since is told by that.
create table if not exists projecting.revisions (
  schema_name text   not null,
  grp         int    not null,
  revision    bigint not null,
  project     text   not null,
  origin      int    not null default 0,
  primary key (schema_name, revision)
);

-- Groups that became one with the group 0 of their schema. A person's state may lie under their numbers until it changes.
create table if not exists projecting.merged (
  schema_name text not null,
  grp         int  not null,
  primary key (schema_name, grp)
);

-- The schema that answers for a projection, and the one that did before.
create table if not exists projecting.live (
  projection  text primary key,
  schema_name text not null,
  previous    text
);

-- Persons that are not folded along: parked (with a reason) or deferred (without).
create table if not exists projecting.marks (
  schema_name text   not null,
  grp         int    not null,
  person      uuid   not null,
  project     text   not null,
  applied_to  bigint not null,
  reason      text,
  marked_at   timestamptz not null default now(),
  primary key (schema_name, grp, person)
);

-- Persons who were marked, and are not any more, since the states were left in memory: what the table of states has of them is older than their mark.
create table if not exists projecting.unmarked (
  schema_name text not null,
  grp         int  not null,
  person      uuid not null,
  project     text not null,
  primary key (schema_name, grp, person)
);

-- Parked persons whose loss somebody has accepted: as long as they are parked for that reason at that position, they are not reported.
create table if not exists projecting.dropped (
  schema_name text   not null,
  grp         int    not null,
  person      uuid   not null,
  applied_to  bigint not null,
  reason      text   not null,
  dropped_at  timestamptz not null default now(),
  primary key (schema_name, grp, person)
);

-- Columns that came after their tables. Looked up first, because altering a table waits for everybody who writes to it.
do $$
declare later record;
begin
  for later in select * from (values
    ('projecting.instances', 'joined', 'boolean not null default false'),
    ('projecting.instances', 'states_left', 'boolean not null default false'),
    ('projecting.instances', 'states_commit', 'bigint'),
    ('projecting.instances', 'states_prepare', 'bigint'),
    ('projecting.lease', 'format', 'int not null default 1'),
    ('projecting.revisions', 'origin', 'int not null default 0')) as columns (of_table, name, type)
  loop
    if not exists (select from pg_attribute where attrelid = later.of_table::regclass and attname = later.name) then
      execute format('alter table %s add column %I %s', later.of_table, later.name, later.type);
    end if;
  end loop;
end $$;

-- Facts: what isn't one customer's own, each with the position that decided it.
create table if not exists facts.projects (
  project  text primary key,
  position bigint not null
);
-- Where each minute of the log's clock begins: events behind this position were taken in then or later, those up to it earlier. Null = with the log.
create table if not exists facts.minutes (
  minute        bigint primary key,
  after_commit  bigint,
  after_prepare bigint
);
create table if not exists facts.links (
  project     text   not null,
  first_kind  "char" not null,
  first_id    text   not null,
  second_kind "char" not null,
  second_id   text   not null,
  position    bigint not null
);
do $$
begin
  if to_regclass('facts.links_position') is null then
    create index links_position on facts.links (position);
  end if;
end $$;
create table if not exists facts.duplicates (
  project  text   not null,
  position bigint primary key
);
create table if not exists facts.order_repeats (
  project  text   not null,
  position bigint primary key
);
-- The settings that order ids were claimed under; claims made under others are made anew.
create table if not exists facts.order_rules (
  project text primary key,
  rules   text not null
);
-- The events with an order id, as they are corrected: the first claims it. Claims of the older form are made anew from the log.
drop table if exists facts.orders;
create table if not exists facts.order_mentions (
  project  text   not null,
  order_id text   not null,
  position bigint not null,
  customer uuid   not null,
  primary key (project, order_id, position)
);
-- What corrections changed: from the position `at` on, the order at a position repeats an order id or doesn't. Beats order_repeats.
create table if not exists facts.order_changes (
  project     text    not null,
  at          bigint  not null,
  position    bigint  not null,
  is_repeated boolean not null,
  customer    uuid    not null,
  primary key (at, position)
);
