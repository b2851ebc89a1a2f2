-- The clock, the site row and the record of every change.
-- Functions, triggers and views that may change with the code live in src/platform/db/replaceable.sql (schema mh).

create extension if not exists btree_gist;

-- The only clock that SQL of this project may ask. Tests replace it in their template database.
create function mh_now() returns timestamptz language sql volatile parallel safe
  as $$ select clock_timestamp() $$;

create table site (
  id             smallint primary key default 1 constraint site_single_row check (id = 1),
  version        bigint not null default 1,
  changed_at     timestamptz not null default mh_now(),
  xact           xid8,
  default_locale text collate "C" not null default 'en'
);
comment on table site is 'One row: the version of everything public, and the instant of its last change.';
insert into site default values;

create table events (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default mh_now(),
  actor_kind   text collate "C" not null constraint events_actor_kind check (actor_kind in ('user', 'token', 'system')),
  actor_id     uuid,
  token_id     uuid,
  reason       text,
  action       text collate "C" not null constraint events_action_shape check (action ~ '^[a-z_]+\.[a-z_]+$'),
  subject_kind text collate "C" not null,
  subject_id   uuid not null,
  data         jsonb,
  request_id   text collate "C",
  xact         xid8 not null default pg_current_xact_id(),
  constraint events_actor_named check ((actor_kind = 'system') = (actor_id is null)),
  constraint events_bypass_has_reason check (actor_kind <> 'system' or reason is not null)
);
comment on table events is 'The record of one change each. Append-only; data holds ids, never names or addresses.';
create index events_xact_subject on events (xact, subject_id);
create index events_subject on events (subject_id, id);

create table keys (
  name       text collate "C" primary key,
  secret     bytea not null constraint keys_secret_length check (octet_length(secret) = 32),
  created_at timestamptz not null default mh_now()
);
comment on table keys is 'Secrets that every process of the installation shares, each for one purpose.';
-- 244 random bits of two v4 UUIDs, hashed: without an extension for random bytes.
insert into keys (name, secret) values ('cursor', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
