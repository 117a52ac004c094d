-- Sessions by the hour (1) or day (2) of their first event.
create table sessions (
  revision    bigint      not null,
  start       timestamptz not null,
  period      bigint      not null,
  sessions    bigint      not null,
  bounces     bigint      not null,
  events      bigint      not null,
  duration_ms bigint      not null,
  primary key (revision, period, start)
);
-- Sessions by the page they were entered (0) or left (1) on, by day.
create table session_pages (
  revision bigint      not null,
  day      timestamptz not null,
  role     bigint      not null,
  page     text        not null,
  sessions bigint      not null,
  bounces  bigint      not null,
  primary key (revision, role, day, page)
)
