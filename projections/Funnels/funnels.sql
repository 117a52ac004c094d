-- How many reached a step (an optional one: did it). scope: 0 all time, 1 + period kind a period of entry (start = its first instant, ms since 1970), 9 a named range (start = its number).
create table funnel_counts (
  revision bigint not null,
  scope    bigint not null,
  start    bigint not null,
  step     bigint not null,
  value    text   not null,
  reached  bigint not null,
  primary key (revision, scope, start, step, value)
);
-- How many took how long, to the millisecond, from one step to another: scope * 10000 + from * 100 + to.
create table funnel_times (
  revision      bigint not null,
  scope_from_to bigint not null,
  start         bigint not null,
  milliseconds  bigint not null,
  value         text   not null,
  persons       bigint not null,
  primary key (revision, scope_from_to, start, milliseconds, value)
)
