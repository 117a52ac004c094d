-- Distinct active persons. period: 2 day, 3 week, 4 month, 5 quarter. gap: 0 never active before, else so many periods since the activity before.
create table activity (
  revision  bigint      not null,
  start     timestamptz not null,
  period    bigint      not null,
  gap       bigint      not null,
  customers bigint      not null,
  primary key (revision, period, start, gap)
);
create table activity_by_name (
  revision  bigint      not null,
  start     timestamptz not null,
  period    bigint      not null,
  gap       bigint      not null,
  name      text        not null,
  customers bigint      not null,
  primary key (revision, period, start, gap, name)
);
-- Events and distinct active persons by hour (1) and day (2).
create table activity_events (
  revision  bigint      not null,
  start     timestamptz not null,
  period    bigint      not null,
  events    bigint      not null,
  customers bigint      not null,
  primary key (revision, period, start)
);
create table activity_events_by_name (
  revision  bigint      not null,
  start     timestamptz not null,
  period    bigint      not null,
  name      text        not null,
  events    bigint      not null,
  customers bigint      not null,
  primary key (revision, period, start, name)
);
-- Persons by the number of days they were active in a week (3), month (4) or quarter (5).
create table activity_days (
  revision  bigint      not null,
  start     timestamptz not null,
  period    bigint      not null,
  days      bigint      not null,
  customers bigint      not null,
  primary key (revision, period, start, days)
)
