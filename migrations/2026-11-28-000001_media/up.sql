-- Media: the bytes that were uploaded, which revision shows which, and what the lists of a library filter by.

-- Functions, triggers and views stand on the tables that change here; they are made anew after the migrations.
drop schema if exists mh cascade;

create table blobs (
  sha256      bytea primary key constraint blobs_sha256_length check (octet_length(sha256) = 32),
  class       text collate "C" not null constraint blobs_class check (class in ('image', 'video', 'audio', 'document')),
  media_type  text collate "C" not null constraint blobs_media_type_shape check (media_type ~ '^[a-z]+/[a-z0-9.+-]+$'),
  extension   text collate "C" not null constraint blobs_extension_shape check (extension ~ '^[a-z0-9]{1,8}$'),
  bytes       bigint not null constraint blobs_bytes_positive check (bytes > 0),
  width       integer,
  height      integer,
  frames      integer,
  alpha       boolean,
  color       text collate "C" constraint blobs_color_shape check (color ~ '^#[0-9a-f]{6}$'),
  placeholder bytea,
  created_at  timestamptz not null default mh_now(),
  constraint blobs_image_is_measured check (
    (class = 'image') = (width is not null and height is not null and frames is not null and alpha is not null
                         and color is not null and placeholder is not null)
    and (class = 'image' or (width, height, frames, alpha, color, placeholder) is null)),
  constraint blobs_sha256_class unique (sha256, class),
  constraint blobs_measures_positive check (width > 0 and height > 0 and frames > 0)
);
comment on table blobs is 'Immutable bytes by their SHA-256; the bytes themselves lie in the media storage. Width and height are those of the upright picture.';
create index blobs_created on blobs (created_at);

create table revision_blobs (
  entry_id uuid not null,
  locale   text collate "C" not null,
  number   integer not null,
  sha256   bytea not null,
  class    text collate "C" not null,
  primary key (entry_id, locale, number),
  constraint revision_blobs_blob foreign key (sha256, class) references blobs (sha256, class),
  foreign key (entry_id, locale, number) references revisions (entry_id, locale, number)
);
comment on table revision_blobs is 'Which bytes each revision shows, and that they are of the class that its body says. Append-only, but for a revision whose body was erased.';
create index revision_blobs_shown_by on revision_blobs (sha256);

-- The bytes that a publication shows, so that an address of bytes leads to what makes it public.
alter table publications add column blob bytea constraint publications_blob references blobs (sha256);
create index publications_blob on publications (blob) where blob is not null;

-- What the newest revision is filtered by and found by in the lists of editors; for kinds that have such lists.
alter table documents
  add column facets jsonb,
  add column words  tsvector;
create index documents_facets on documents using gin (facets jsonb_path_ops) where facets is not null;
create index documents_folder on documents (locale, (facets ->> 'folder')) where facets is not null;
create index documents_words on documents using gin (words) where words is not null;

insert into role_grants (role_id, kind, verb, scope)
  select roles.id, 'media', given.verb, given.scope
  from roles join (values
    ('editor', 'read', 'everything'), ('editor', 'write', 'everything'), ('editor', 'publish', 'everything'),
    ('editor', 'delete', 'everything'),
    ('author', 'read', 'everything'), ('author', 'write', 'own'), ('author', 'delete', 'own'),
    ('reviewer', 'read', 'everything'), ('viewer', 'read', 'everything')
  ) given (role, verb, scope) on given.role = roles.name and roles.built_in;

-- Lists show the picture of a page; what is public already learns it here.
update publications p set card = p.card || jsonb_build_object('image', r.body -> 'image')
  from revisions r
  where (r.entry_id, r.locale, r.number) = (p.entry_id, p.locale, p.number) and p.kind = 'page' and r.body ? 'image';
