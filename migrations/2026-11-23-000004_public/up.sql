-- What was public when: publications, the routes that follow from them, and redirects made by hand or by an import.

create table publications (
  id                 uuid primary key,
  entry_id           uuid not null,
  locale             text collate "C" not null,
  number             integer not null,
  kind               text collate "C" not null,
  during             tstzrange not null constraint publications_during_shape check (
                       not isempty(during) and lower_inc(during) and not lower_inf(during) and not upper_inc(during)
                       and upper(during) is distinct from 'infinity'),
  first_published_at timestamptz not null,
  published_at       timestamptz not null,
  title              text not null,
  title_sort         text collate "und-x-icu" not null,
  summary            text,
  card               jsonb not null,
  facets             jsonb not null,
  parent             uuid,
  slug               text collate "C",
  position           text collate "C",
  derived_by         smallint not null,
  foreign key (entry_id, locale, number) references revisions (entry_id, locale, number),
  foreign key (entry_id, kind) references entries (id, kind),
  constraint publications_one_at_a_time exclude using gist (entry_id with =, locale with =, during with &&)
);
comment on table publications is 'A revision is public during a time range; a future range is a schedule.';
create index publications_by_date on publications (kind, locale, published_at desc, entry_id) where upper_inf(during);
create index publications_by_title on publications (kind, locale, title_sort, entry_id) where upper_inf(during);
create index publications_facets on publications using gin (facets jsonb_path_ops) where upper_inf(during);
create index publications_ending on publications (upper(during)) where not upper_inf(during);
create index publications_beginning on publications (lower(during));
create index publications_children on publications (parent, locale) where parent is not null;

create table routes (
  id       bigint generated always as identity primary key,
  entry_id uuid not null references entries (id),
  locale   text collate "C" not null,
  path     text collate "C" not null
           constraint routes_path_shape check (path ~ '^/' and octet_length(path) <= 1024),
  path_key bigint generated always as (hashtextextended(locale || ' ' || path, 0)) stored,
  during   tstzrange not null constraint routes_during_shape check (
             not isempty(during) and lower_inc(during) and not lower_inf(during) and not upper_inc(during)
             and upper(during) is distinct from 'infinity'),
  constraint routes_one_entry_per_path exclude using gist (path_key with =, during with &&),
  constraint routes_one_path_per_entry exclude using gist (entry_id with =, locale with =, during with &&)
);
comment on table routes is 'A path leads to an entry during a time range. Computed from publications, never written by hand.';

create table redirects (
  id           uuid primary key,
  locale       text collate "C" not null,
  path         text collate "C" not null
               constraint redirects_path_shape check (path ~ '^/' and octet_length(path) <= 1024),
  target_entry uuid references entries (id),
  target_url   text,
  status       smallint not null default 301 constraint redirects_status check (status in (301, 302, 307, 308)),
  origin       text collate "C" not null constraint redirects_origin check (origin in ('manual', 'import')),
  created_at   timestamptz not null default mh_now(),
  constraint redirects_path_unique unique (locale, path),
  constraint redirects_one_target check ((target_entry is null) <> (target_url is null))
);
comment on table redirects is 'Old addresses that never were routes here: made by hand or by an import.';
create index redirects_target on redirects (target_entry) where target_entry is not null;
