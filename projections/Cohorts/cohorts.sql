-- Members of a cohort (by its period's start) that returned, and their return events, by periods since.
create table retention (
  revision  bigint      not null,
  cohort    timestamptz not null,
  interval  bigint      not null,
  until     bigint      not null,
  customers bigint      not null,
  events    bigint      not null,
  primary key (revision, cohort, interval, until)
);
create table retention_by_value (
  revision  bigint      not null,
  cohort    timestamptz not null,
  interval  bigint      not null,
  until     bigint      not null,
  value     text        not null,
  customers bigint      not null,
  events    bigint      not null,
  primary key (revision, cohort, interval, until, value)
);
-- Sums over the members' return events: 10^-9 of a property, or minor units of a currency (the letters of its ISO 4217 code as bytes: USD is 5591876).
create table retention_amounts (
  revision bigint      not null,
  cohort   timestamptz not null,
  interval bigint      not null,
  currency bigint      not null,
  units    numeric     not null,
  count    numeric     not null,
  primary key (revision, cohort, interval, currency)
);
create table retention_amounts_by_value (
  revision bigint      not null,
  cohort   timestamptz not null,
  interval bigint      not null,
  currency bigint      not null,
  value    text        not null,
  units    numeric     not null,
  count    numeric     not null,
  primary key (revision, cohort, interval, currency, value)
)
