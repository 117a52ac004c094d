-- Orders and refunds by period and currency. Money in minor units. period_kind: 1 hour, 2 day, 3 week, 4 month, 5 quarter.
create table orders (
  revision     bigint      not null,
  period_kind  bigint      not null,
  period_start timestamptz not null,
  currency     text        not null,
  gross        numeric     not null,
  refunds      numeric     not null,
  orders       numeric     not null,
  refund_count numeric     not null,
  buyers       numeric     not null,
  primary key (revision, period_kind, period_start, currency)
);
-- What has no currency: orders not counted because their order id came before, events whose money can't be read, buyers in any currency.
create table order_totals (
  revision     bigint      not null,
  period_kind  bigint      not null,
  period_start timestamptz not null,
  duplicates   bigint      not null,
  unreadable   bigint      not null,
  buyers       bigint      not null,
  primary key (revision, period_kind, period_start)
);
-- Persons by number of counted orders in all of history.
create table order_counts (
  revision bigint not null,
  orders   bigint not null,
  persons  bigint not null,
  primary key (revision, orders)
);
-- Revenue of the persons acquired in one period, by the period it came in.
create table cohort_revenue (
  revision     bigint      not null,
  period_kind  bigint      not null,
  cohort_start timestamptz not null,
  period_start timestamptz not null,
  currency     text        not null,
  gross        numeric     not null,
  refunds      numeric     not null,
  orders       numeric     not null,
  buyers       numeric     not null,
  primary key (revision, period_kind, cohort_start, period_start, currency)
);
-- Persons by the period of their first counted order.
create table cohort_sizes (
  revision     bigint      not null,
  period_kind  bigint      not null,
  cohort_start timestamptz not null,
  customers    bigint      not null,
  primary key (revision, period_kind, cohort_start)
);
-- MRR movements by period and currency, in twelfths of a minor unit.
create table mrr (
  revision              bigint      not null,
  period_kind           bigint      not null,
  period_start          timestamptz not null,
  currency              text        not null,
  new                   numeric     not null,
  expansion             numeric     not null,
  contraction           numeric     not null,
  churn                 numeric     not null,
  reactivation          numeric     not null,
  customers_new         numeric     not null,
  customers_churned     numeric     not null,
  customers_reactivated numeric     not null,
  primary key (revision, period_kind, period_start, currency)
);
-- Subscription events that can't be read.
create table mrr_totals (
  revision     bigint      not null,
  period_kind  bigint      not null,
  period_start timestamptz not null,
  unreadable   bigint      not null,
  primary key (revision, period_kind, period_start)
)
