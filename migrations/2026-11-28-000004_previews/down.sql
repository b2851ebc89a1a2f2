drop schema if exists mh cascade;
drop table preview_links;
drop index publications_erased;
drop index routes_ending;
drop index routes_beginning;
update publications set card = card - 'unlisted' where card ? 'unlisted';
