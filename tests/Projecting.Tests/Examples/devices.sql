-- Distinct persons and events by type of device and day. An event without context.device.type has the device ''.
create table devices (
  revision bigint      not null,
  day      timestamptz not null,
  device   text        not null,
  persons  bigint      not null,
  events   bigint      not null,
  primary key (revision, day, device)
)
