delete from role_grants where kind = 'settings' and role_id in (select id from roles where built_in);
drop index publications_of_settings;
drop index entries_one_settings;
