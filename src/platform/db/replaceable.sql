-- Functions, triggers and views that follow the code. Dropped and made anew whenever this file changes (see migrate.rs),
-- so a migration never has to carry an old copy of one. Rows are never touched here.
-- Refusals carry a constraint name; src/platform/db/constraints.rs is the one place that gives them words.

drop schema if exists mh cascade;
create schema mh;

create function mh.refuse(rule text, what text) returns void language plpgsql as $$
begin
  raise exception '%', what using errcode = '23514', constraint = rule;
end $$;

-- 1. The instant of a change -----------------------------------------------------------------------------------------

-- Locks and bumps the site row; the instant that it returns is later than every earlier one, so instants grow in the
-- order of commits. Call it after the revisions are written and commit soon: others wait for it.
create function mh.public_change() returns timestamptz language sql as $$
  update site set version = version + 1, xact = pg_current_xact_id(),
         changed_at = greatest(mh_now(), changed_at + interval '1 microsecond')
  returning changed_at
$$;

-- Tells every process of the new version, at the commit. What is told can be lost; the processes ask as well.
create function mh.tell_version() returns trigger language plpgsql as $$
begin
  perform pg_notify('masthead_site', new.version::text);
  return null;
end $$;
create trigger tell_version after update of version on site
  for each row when (old.version is distinct from new.version) execute function mh.tell_version();

-- The instant of the public change of this transaction; refuses when there is none.
create function mh.change_instant() returns timestamptz language plpgsql as $$
declare t timestamptz; x xid8;
begin
  select changed_at, xact into t, x from site;
  if x is distinct from pg_current_xact_id() then
    perform mh.refuse('timeline_needs_public_change', 'timeline: call public_change() first');
  end if;
  return t;
end $$;

-- The watermark of what is announced goes forward, in a public change and not past its instant: what lies behind it can
-- then no longer change, and what is planned later lies before it.
create function mh.announced_guard() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    perform mh.refuse('announced_single_row', 'the announced row can be neither added nor removed');
  end if;
  if new.until < old.until or new.until > mh.change_instant() then
    perform mh.refuse('announced_moves_forward', 'announced: goes forward, up to the instant of this change at most');
  end if;
  return new;
end $$;
create trigger announced_guard before insert or update or delete on announced
  for each row execute function mh.announced_guard();

create function mh.site_guard() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    perform mh.refuse('site_single_row', 'the site row can be neither added nor removed');
  end if;
  if new.version < old.version or new.changed_at < old.changed_at then
    perform mh.refuse('site_moves_forward', 'site: version and instant only grow');
  end if;
  return new;
end $$;
create trigger site_guard before insert or update or delete on site for each row execute function mh.site_guard();

-- 2. History is append-only ------------------------------------------------------------------------------------------

create function mh.append_only() returns trigger language plpgsql as $$
begin
  perform mh.refuse('append_only', format('%s is append-only: %s refused', tg_table_name, lower(tg_op)));
  return null;
end $$;
create trigger append_only before delete or truncate on events
  for each statement execute function mh.append_only();
create trigger append_only before update or delete or truncate on event_seals
  for each statement execute function mh.append_only();
create trigger append_only before update or delete or truncate on event_epochs
  for each statement execute function mh.append_only();
create trigger append_only before update or delete or truncate on locales
  for each statement execute function mh.append_only();
create trigger append_only before update or delete or truncate on revision_refs
  for each statement execute function mh.append_only();
create trigger append_only before update or truncate on revision_blobs
  for each statement execute function mh.append_only();
create trigger append_only before update or truncate on blobs for each statement execute function mh.append_only();
create trigger append_only before delete or truncate on revisions
  for each statement execute function mh.append_only();
create trigger append_only before truncate on publications for each statement execute function mh.append_only();
create trigger append_only before truncate on routes for each statement execute function mh.append_only();
create trigger append_only before truncate on redirects for each statement execute function mh.append_only();
create trigger append_only before truncate on announced for each statement execute function mh.append_only();
create trigger append_only before truncate on site for each statement execute function mh.append_only();
create trigger append_only before truncate on roles for each statement execute function mh.append_only();
create trigger append_only before truncate on role_grants for each statement execute function mh.append_only();
create trigger append_only before delete or truncate on documents for each statement execute function mh.append_only();
create trigger append_only before delete or truncate on entries for each statement execute function mh.append_only();
create trigger append_only before delete or truncate on users for each statement execute function mh.append_only();
create trigger append_only before delete or truncate on api_tokens for each statement execute function mh.append_only();
create trigger append_only before delete or truncate on preview_links
  for each statement execute function mh.append_only();


-- The built-in roles are given, not changed; only a migration, which runs as the owner, may.
create function mh.built_in_role() returns trigger language plpgsql as $$
declare role uuid;
begin
  if tg_table_name = 'roles' then role := old.id; else role := coalesce(new.role_id, old.role_id); end if;
  if exists (select from roles where id = role and built_in)
     and not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
    perform mh.refuse('built_in_role', 'the built-in roles cannot be changed');
  end if;
  return coalesce(new, old);
end $$;
create trigger built_in_role before update or delete on roles for each row execute function mh.built_in_role();
create trigger built_in_role before insert or update or delete on role_grants
  for each row execute function mh.built_in_role();

-- The version of a user or a role moves with every change; nobody has to remember it.
create function mh.moves_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger moves_version before update on users for each row execute function mh.moves_version();
create trigger moves_version before update on roles for each row execute function mh.moves_version();

-- The changes that privacy law demands: the owner of the table empties a body with its title and note and says when,
-- and empties the data of an event, whose digest stays.
create function mh.revision_guard() returns trigger language plpgsql as $$
begin
  if new.body is null and old.body is not null and new.erased_at is not null and new.title = '' and new.note is null
     -- What is generated is not there yet in new.
     and (to_jsonb(new) - '{body,erased_at,title,note,predecessor}'::text[])
       = (to_jsonb(old) - '{body,erased_at,title,note,predecessor}'::text[])
     and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
    return new;
  end if;
  perform mh.refuse('append_only', 'revisions is append-only: update refused');
  return null;
end $$;
create trigger revision_guard before update on revisions for each row execute function mh.revision_guard();

-- What an erased revision showed is forgotten with its body, so that the bytes can be collected.
create function mh.revision_blobs_guard() returns trigger language plpgsql as $$
begin
  if exists (select from revisions r where (r.entry_id, r.locale, r.number) = (old.entry_id, old.locale, old.number)
               and r.erased_at is not null)
     and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
    return old;
  end if;
  perform mh.refuse('append_only', 'revision_blobs is append-only: delete refused');
  return null;
end $$;
create trigger revision_blobs_guard before delete on revision_blobs
  for each row execute function mh.revision_blobs_guard();

create function mh.event_guard() returns trigger language plpgsql as $$
begin
  if new.data is null and (to_jsonb(new) - 'data') = (to_jsonb(old) - 'data')
     and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
    return new;
  end if;
  perform mh.refuse('append_only', 'events is append-only: update refused');
  return null;
end $$;
create trigger event_guard before update on events for each row execute function mh.event_guard();

create function mh.event_stamp() returns trigger language plpgsql as $$
begin
  new.at := mh_now();
  new.xact := pg_current_xact_id();
  new.data_sha256 := sha256(convert_to(new.data::text, 'UTF8'));
  return new;
end $$;
create trigger event_stamp before insert on events for each row execute function mh.event_stamp();

create function mh.document_guard() returns trigger language plpgsql as $$
begin
  if (new.entry_id, new.locale, new.kind) is distinct from (old.entry_id, old.locale, old.kind) then
    perform mh.refuse('document_identity', 'a document keeps its entry, locale and kind');
  end if;
  -- What is derived anew from the same revision is no change of the document.
  if (new.facets, new.words, new.derived_by) is distinct from (old.facets, old.words, old.derived_by)
     and to_jsonb(new) - '{facets,words,derived_by}'::text[] = to_jsonb(old) - '{facets,words,derived_by}'::text[] then
    return new;
  end if;
  if new.version <= old.version or new.head < old.head then
    perform mh.refuse('document_moves_forward', 'every change of a document moves its version; its head never goes back');
  end if;
  return new;
end $$;
create trigger document_guard before update on documents for each row execute function mh.document_guard();

create function mh.entry_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.kind, new.created_at, new.created_by) is distinct from
     (old.id, old.kind, old.created_at, old.created_by) then
    perform mh.refuse('entry_identity', 'an entry keeps its id, kind and creator');
  end if;
  return new;
end $$;
create trigger entry_guard before update on entries for each row execute function mh.entry_guard();

-- 3. The timeline: the past cannot be changed, neither by publications nor by routes ---------------------------------
-- Statement triggers with transition tables: a row trigger costs 0.1 s on a move of 10,000 routes. Of these tables Postgres
-- has no statistics, and comparing each row before with each after would cost 28 s: so updates are checked without nested
-- loops.

create function mh.timeline_insert() returns trigger language plpgsql as $$
declare t timestamptz := mh.change_instant();
begin
  if exists (select from inserted where lower(during) < t) then
    perform mh.refuse('timeline_no_past_start', 'timeline: starts in the past');
  end if;
  return null;
end $$;

create function mh.timeline_delete() returns trigger language plpgsql as $$
declare t timestamptz := mh.change_instant();
begin
  if exists (select from deleted where lower(during) < t) then
    perform mh.refuse('timeline_was_public', 'timeline: was already public');
  end if;
  return null;
end $$;

create function mh.publications_insert() returns trigger language plpgsql as $$
declare t timestamptz := mh.change_instant();
begin
  if exists (select from inserted where opened_at <> t) then
    perform mh.refuse('timeline_opened_now', 'timeline: a publication is opened at the instant of its change');
  end if;
  return null;
end $$;

-- What an update may change: the end, planned or not, as long as it lies ahead; the dates that readers see, as long as
-- the publication does not begin before this instant; what lists show, so that it can be derived anew or erased. A key goes
-- when it is erased, and never becomes another one.
create function mh.publications_update() returns trigger language plpgsql as $$
declare t timestamptz := mh.change_instant();
begin
  if exists (
    select from before b full join after a using (id)
    where b.entry_id is null or a.entry_id is null
       or (a.entry_id, a.locale, a.number, a.kind, a.opened_at, a.parent, a.slug, lower(a.during))
          is distinct from
          (b.entry_id, b.locale, b.number, b.kind, b.opened_at, b.parent, b.slug, lower(b.during))
       or a.key is distinct from b.key and a.key is not null
       or (a.first_published_at, a.published_at) is distinct from (b.first_published_at, b.published_at)
          and lower(b.during) < t) then
    perform mh.refuse('timeline_identity', 'timeline: only the end of a publication may change');
  end if;
  if exists (select from before b join after a using (id)
             where (b.during, b.until) is distinct from (a.during, a.until)
               and (upper(b.during) < t or upper(a.during) < t or a.until < t)) then
    perform mh.refuse('timeline_bound_is_history', 'timeline: that bound is history');
  end if;
  return null;
end $$;

create function mh.routes_update() returns trigger language plpgsql set enable_nestloop = off as $$
declare t timestamptz := mh.change_instant();
begin
  if exists (
    select from before b full join after a using (id)
    where b.entry_id is null or a.entry_id is null
       or (a.entry_id, a.locale, a.path, lower(a.during)) is distinct from
          (b.entry_id, b.locale, b.path, lower(b.during))) then
    perform mh.refuse('timeline_identity', 'timeline: only the upper bound of a route may change');
  end if;
  if exists (select from before b join after a using (id)
             where b.during is distinct from a.during and (upper(b.during) < t or upper(a.during) < t)) then
    perform mh.refuse('timeline_bound_is_history', 'timeline: that bound is history');
  end if;
  return null;
end $$;

create trigger timeline_insert after insert on publications referencing new table as inserted
  for each statement execute function mh.timeline_insert();
create trigger publications_insert after insert on publications referencing new table as inserted
  for each statement execute function mh.publications_insert();
create trigger timeline_update after update on publications referencing old table as before new table as after
  for each statement execute function mh.publications_update();
create trigger timeline_delete after delete on publications referencing old table as deleted
  for each statement execute function mh.timeline_delete();
create trigger timeline_insert after insert on routes referencing new table as inserted
  for each statement execute function mh.timeline_insert();
create trigger timeline_update after update on routes referencing old table as before new table as after
  for each statement execute function mh.routes_update();
create trigger timeline_delete after delete on routes referencing old table as deleted
  for each statement execute function mh.timeline_delete();

-- A redirect is part of what the public sees, so it goes by the same rules.
create function mh.redirects_update() returns trigger language plpgsql set enable_nestloop = off as $$
declare t timestamptz := mh.change_instant();
begin
  if exists (
    select from before b full join after a using (id)
    where b.path is null or a.path is null
       or (a.locale, a.path, a.target_entry, a.target_url, a.status, lower(a.during)) is distinct from
          (b.locale, b.path, b.target_entry, b.target_url, b.status, lower(b.during))) then
    perform mh.refuse('timeline_identity', 'timeline: only the end of a redirect may change');
  end if;
  if exists (select from before b join after a using (id)
             where b.during is distinct from a.during and (upper(b.during) < t or upper(a.during) < t)) then
    perform mh.refuse('timeline_bound_is_history', 'timeline: that bound is history');
  end if;
  return null;
end $$;
create trigger timeline_insert after insert on redirects referencing new table as inserted
  for each statement execute function mh.timeline_insert();
create trigger timeline_update after update on redirects referencing old table as before new table as after
  for each statement execute function mh.redirects_update();
create trigger timeline_delete after delete on redirects referencing old table as deleted
  for each statement execute function mh.timeline_delete();

-- An answer about a past instant is final once that instant is older than a change can take. This is what makes it so.
create function mh.commits_in_time() returns trigger language plpgsql as $$
begin
  if mh_now() > new.changed_at + interval '20 seconds' then
    perform mh.refuse('change_took_too_long', 'a change of what is public takes at most 20 seconds');
  end if;
  return null;
end $$;
create constraint trigger commits_in_time after update on site
  deferrable initially deferred for each row when (old.version <> new.version) execute function mh.commits_in_time();

-- 4. No fact without its event ---------------------------------------------------------------------------------------
-- Deferred: the event may be written after the fact, but in the same transaction and about the same subject.

create function mh.require_event(subject uuid, what text) returns void language plpgsql as $$
begin
  if not exists (select from events where xact = pg_current_xact_id() and subject_id = subject) then
    perform mh.refuse('fact_without_event', format('%s changed without an event about %s', what, subject));
  end if;
end $$;

create function mh.event_about_id() returns trigger language plpgsql as $$
begin
  perform mh.require_event(coalesce(new.id, old.id), tg_table_name);
  return null;
end $$;

create function mh.event_about_entry() returns trigger language plpgsql as $$
begin
  perform mh.require_event(coalesce(new.entry_id, old.entry_id), tg_table_name);
  return null;
end $$;

create function mh.event_about_role() returns trigger language plpgsql as $$
begin
  perform mh.require_event(coalesce(new.role_id, old.role_id), tg_table_name);
  if tg_op = 'UPDATE' then perform mh.require_event(old.role_id, tg_table_name); end if;
  return null;
end $$;

create function mh.event_of_any_kind() returns trigger language plpgsql as $$
begin
  if not exists (select from events where xact = pg_current_xact_id()) then
    perform mh.refuse('fact_without_event', 'the public state changed without an event');
  end if;
  return null;
end $$;

create constraint trigger fact_has_event after insert or update or delete on entries
  deferrable initially deferred for each row execute function mh.event_about_id();
create constraint trigger fact_has_event after insert on locales
  deferrable initially deferred for each row execute function mh.event_about_id();
create constraint trigger fact_has_event after insert or update or delete on redirects
  deferrable initially deferred for each row execute function mh.event_about_id();
create constraint trigger fact_has_event after insert or update or delete on users
  deferrable initially deferred for each row execute function mh.event_about_id();
create constraint trigger fact_has_event after insert or update or delete on roles
  deferrable initially deferred for each row execute function mh.event_about_id();
-- last_used_at is housekeeping, all else about a token is a fact.
create constraint trigger fact_has_event after insert or delete
  or update of id, user_id, name, digest, hint, scopes, created_at, expires_at, revoked_at on api_tokens
  deferrable initially deferred for each row execute function mh.event_about_id();
-- Ending a link because its document went is part of what happened to the document.
create function mh.event_about_preview() returns trigger language plpgsql as $$
begin
  if not exists (select from events where xact = pg_current_xact_id() and subject_id in (new.id, new.entry_id)) then
    perform mh.refuse('fact_without_event', format('preview_links changed without an event about %s', new.id));
  end if;
  return null;
end $$;
create constraint trigger fact_has_event after insert
  or update of id, digest, entry_id, locale, number, as_of, made_by, created_at, expires_at, revoked_at on preview_links
  deferrable initially deferred for each row execute function mh.event_about_preview();
create constraint trigger fact_has_event after insert or update or delete on role_grants
  deferrable initially deferred for each row execute function mh.event_about_role();
-- Of documents and publications, what is derived from the body may be derived anew: that is no fact.
create constraint trigger fact_has_event after insert or delete
  or update of entry_id, locale, kind, version, head, updated_at, parent, position on documents
  deferrable initially deferred for each row execute function mh.event_about_entry();
create constraint trigger fact_has_event after insert or update on revisions
  deferrable initially deferred for each row execute function mh.event_about_entry();
create constraint trigger fact_has_event after insert or delete
  or update of entry_id, locale, number, kind, during, until, opened_at, first_published_at, published_at, date, parent, slug,
    key, blob, erased_at on publications
  deferrable initially deferred for each row execute function mh.event_about_entry();
create constraint trigger fact_has_event after update on site
  deferrable initially deferred for each row execute function mh.event_of_any_kind();

-- 5. Someone must be left who can let others in ----------------------------------------------------------------------

create function mh.administrator_left() returns trigger language plpgsql as $$
begin
  -- Without the lock two demotions at once would each still see the other administrator.
  perform pg_advisory_xact_lock(hashtext('masthead.administrators'));
  if not exists (select from users u join roles r on r.id = u.role_id
                 where r.name = 'admin' and u.deactivated_at is null and u.password_hash is not null) then
    perform mh.refuse('last_administrator', 'the last active administrator cannot be removed');
  end if;
  return null;
end $$;
create constraint trigger administrator_left after update of role_id, deactivated_at on users
  deferrable initially deferred for each row
  when (old.role_id is distinct from new.role_id or old.deactivated_at is distinct from new.deactivated_at)
  execute function mh.administrator_left();

-- 6. What the read API may see ---------------------------------------------------------------------------------------
-- The reader has SELECT on the public views alone. A query fixes its instant first and filters by it exactly; the views
-- let through what was public within the last minute, so that a boundary passing between two statements of one answer
-- takes nothing away. Nothing that has not yet begun is ever let through. The history views have the same columns and
-- every instant, past and planned: only the service reads them, for callers who may know.

create view mh.public_site as
  select greatest(mh_now(), changed_at) as instant, version, default_locale, changed_at from site;

-- When something next begins or ends by plan: no answer may be kept past it. What it is stays unknown to a reader.
create function mh.next_boundary(at timestamptz) returns timestamptz
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return least(
    (select lower(during) from publications where lower(during) > at order by lower(during) limit 1),
    (select upper(during) from publications
     where not upper_inf(during) and upper(during) > at order by upper(during) limit 1));
end
$$;

create view mh.public_locales as select tag, fallback from locales;

create view mh.history_documents as
  select entry_id, locale, kind, number, during, first_published_at, published_at, lower(during) as updated_at,
         title, title_sort, summary, card, facets, parent, slug, position, erased_at is not null as erased, blob, key
  from publications;

create view mh.history_routes as select entry_id, locale, path, path_key, during from routes;

create view mh.history_redirects as
  select locale, path, path_key, target_entry, target_url, status, during from redirects;

-- Whether anything that is public at an instant points at an entry. Skips from user to user along the index, so that it
-- costs what there are users and not what there ever were revisions; a reader may ask it without seeing references.
create function mh.is_shown(entry uuid, at timestamptz) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive users as (
    (select r.entry_id, r.locale from revision_refs r where r.target = entry order by r.entry_id, r.locale limit 1)
    union all
    select n.entry_id, n.locale from users u cross join lateral (
      select r.entry_id, r.locale from revision_refs r
      where r.target = entry and (r.entry_id, r.locale) > (u.entry_id, u.locale)
      order by r.entry_id, r.locale limit 1) n)
  select exists (
    select from users u
    cross join lateral (select p.number from publications p
      where p.entry_id = u.entry_id and p.locale = u.locale and p.during @> at offset 0) p
    where exists (select from revision_refs f
      where f.target = entry and f.entry_id = u.entry_id and f.locale = u.locale and f.number = p.number))
$$;

-- By what an entry is shown: the documents that are public at an instant and point at it. When they are more than `most`, there is
-- one row without values. What is not public does not count, so that nobody learns of drafts by it. Nothing that has not yet
-- begun is let through, whatever the instant.
create function mh.shown_by(entry uuid, at timestamptz, most bigint) returns table (entry_id uuid, kind text)
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive users as (
    (select r.entry_id, r.locale from revision_refs r where r.target = entry order by r.entry_id, r.locale limit 1)
    union all
    select n.entry_id, n.locale from users u cross join lateral (
      select r.entry_id, r.locale from revision_refs r
      where r.target = entry and (r.entry_id, r.locale) > (u.entry_id, u.locale)
      order by r.entry_id, r.locale limit 1) n),
  shown as materialized (
    select u.entry_id, p.kind from users u
    cross join lateral (select p.number, p.kind from publications p
      where p.entry_id = u.entry_id and p.locale = u.locale and p.during @> at
        and lower(p.during) <= (select instant from mh.public_site) offset 0) p
    where (select true from revision_refs f
      where f.target = entry and f.entry_id = u.entry_id and f.locale = u.locale and f.number = p.number limit 1)
    limit most + 1)
  select s.entry_id, s.kind from shown s where (select count(*) from shown) <= most
  union all
  select null, null where (select count(*) from shown) > most
$$;

-- What the bytes of documents are. Bytes have no time; the documents that show them do.
create view mh.history_files as
  select sha256, class, media_type, extension, bytes, width, height, frames, alpha, color, placeholder, created_at
  from blobs;

create view mh.history_bodies as select entry_id, locale, number, body, schema_version from revisions;

-- `is true` hides the beginning from its index, which nearly every row is in.
create view mh.public_documents as
  select d.* from mh.history_documents d
  where (lower(during) <= (select instant from mh.public_site)) is true
    and (upper_inf(during) or upper(during) > (select instant - interval '1 minute' from mh.public_site));

create view mh.public_routes as
  select r.* from mh.history_routes r
  where lower(during) <= (select instant from mh.public_site)
    and (upper_inf(during) or upper(during) > (select instant - interval '1 minute' from mh.public_site));

-- Former paths, only of entries that are public: a withdrawn page leaves no trace.
create view mh.public_former_routes as
  select r.* from mh.history_routes r
  where lower(r.during) <= (select instant from mh.public_site)
    and exists (select from mh.public_documents d where d.entry_id = r.entry_id and d.locale = r.locale);

create view mh.public_redirects as
  select x.* from mh.history_redirects x
  where lower(x.during) <= (select instant from mh.public_site)
    and (upper_inf(x.during) or upper(x.during) > (select instant - interval '1 minute' from mh.public_site))
    and (x.target_entry is null
         or exists (select from mh.public_documents d where d.entry_id = x.target_entry and d.locale = x.locale));

-- When something was public and where, up to now: of what ended too, and never what it said. What changed is found by it.
create view mh.public_spans as
  select entry_id, locale, kind, during, erased_at from publications
  where lower(during) <= (select instant from mh.public_site);

create view mh.public_paths as
  select r.* from mh.history_routes r where lower(during) <= (select instant from mh.public_site);

create view mh.public_files as
  select f.* from mh.history_files f
  where exists (select from mh.public_documents d where d.blob = f.sha256);

-- Bodies behind a barrier: a condition of the query never sees a body that is not public.
create view mh.public_bodies with (security_barrier) as
  select b.* from mh.history_bodies b
  where exists (select from mh.public_documents d
                where d.entry_id = b.entry_id and d.locale = b.locale and d.number = b.number);

-- 7. Search ----------------------------------------------------------------------------------------------------------

-- The configuration of a locale, by its language; for one whose stems Postgres does not know, words are found as they are.
create function mh.search_config(locale text) returns regconfig language sql immutable parallel safe as $$
  select case split_part(locale, '-', 1)
    when 'ar' then 'public.search_arabic' when 'hy' then 'public.search_armenian' when 'eu' then 'public.search_basque'
    when 'ca' then 'public.search_catalan' when 'da' then 'public.search_danish' when 'nl' then 'public.search_dutch'
    when 'en' then 'public.search_english' when 'fi' then 'public.search_finnish' when 'fr' then 'public.search_french'
    when 'de' then 'public.search_german' when 'el' then 'public.search_greek' when 'hi' then 'public.search_hindi'
    when 'hu' then 'public.search_hungarian' when 'id' then 'public.search_indonesian' when 'ga' then 'public.search_irish'
    when 'it' then 'public.search_italian' when 'lt' then 'public.search_lithuanian' when 'ne' then 'public.search_nepali'
    when 'no' then 'public.search_norwegian' when 'nb' then 'public.search_norwegian'
    when 'nn' then 'public.search_norwegian' when 'pt' then 'public.search_portuguese'
    when 'ro' then 'public.search_romanian' when 'ru' then 'public.search_russian' when 'sr' then 'public.search_serbian'
    when 'es' then 'public.search_spanish' when 'sv' then 'public.search_swedish' when 'ta' then 'public.search_tamil'
    when 'tr' then 'public.search_turkish' when 'yi' then 'public.search_yiddish'
    else 'public.search_simple' end::regconfig
$$;

-- The words of a document by weight (a: title, b: summary and tags, c: headings, d: everything else).
create function mh.search_vector(config regconfig, words jsonb) returns tsvector
language sql immutable parallel safe as $$
  select setweight(to_tsvector(config, coalesce(words ->> 'a', '')), 'A')
      || setweight(to_tsvector(config, coalesce(words ->> 'b', '')), 'B')
      || setweight(to_tsvector(config, coalesce(words ->> 'c', '')), 'C')
      || to_tsvector(config, coalesce(words ->> 'd', ''))
$$;

create view mh.history_search as
  select entry_id, locale, kind, number, during, published_at, lower(during) as updated_at, title, summary, card, facets,
         parent, position, erased_at is not null as erased, blob, search, search_text
  from publications;

-- As the other public views, but `is true` keeps Postgres from reading the whole index of beginnings beside that of words.
create view mh.public_search as
  select s.* from mh.history_search s
  where (lower(during) <= (select instant from mh.public_site)) is true
    and (upper_inf(during) or upper(during) > (select instant - interval '1 minute' from mh.public_site));

-- The dictionary holds what was public when it was last brought up to date. When something has ended since, it may hold a
-- word that is public no more, so it is closed until that has been taken out. The first end after those is the one to ask.
create view mh.public_words as
  select w.locale, w.word, w.documents from search_words w
  where coalesce((
    select upper(p.during) from publications p
    where not upper_inf(p.during) and upper(p.during) >= (select ended from search_progress)
      and (upper(p.during), p.id) > (select ended, ended_id from search_progress)
    order by upper(p.during) limit 1) > (select instant from mh.public_site), true);

-- 8. Previews --------------------------------------------------------------------------------------------------------
-- The site as it would be with some documents in the place of what is public of them. The rows, as publications, stand in a
-- setting of the transaction, which the service fills in after it has checked who may see them; the reader cannot ask these.

create view mh.preview_rows as
  select r.*, (w.whole ->> 'path') collate "C" as path
  from jsonb_array_elements(coalesce(nullif(current_setting('masthead.preview', true), ''), '[]')::jsonb) w (whole)
  cross join lateral jsonb_populate_record(null::publications, w.whole) r;

create view mh.preview_documents as
  select d.* from mh.history_documents d
  where not exists (select from mh.preview_rows p where p.entry_id = d.entry_id and p.locale = d.locale)
  union all
  select entry_id, locale, kind, number, during, first_published_at, published_at, lower(during) as updated_at,
         title, title_sort, summary, card, facets, parent, slug, position, false as erased, blob, key
  from mh.preview_rows;

-- A draft takes the path that it names, whoever has it now.
create view mh.preview_routes as
  select r.* from mh.history_routes r
  where not exists (select from mh.preview_rows p
                    where p.locale = r.locale and (p.entry_id = r.entry_id or p.path = r.path))
  union all
  select entry_id, locale, path, hashtextextended(locale || ' ' || path, 0) as path_key, during
  from mh.preview_rows where path is not null;

-- The path that it has now leads on to it, as it will.
create view mh.preview_former_routes as
  select * from mh.history_routes
  union all
  select r.entry_id, r.locale, r.path, r.path_key, tstzrange(lower(r.during), lower(p.during)) as during
  from mh.preview_rows p
  join mh.history_routes r on r.entry_id = p.entry_id and r.locale = p.locale and r.during @> lower(p.during)
  where lower(r.during) < lower(p.during) and p.path is not null and p.path <> r.path;
