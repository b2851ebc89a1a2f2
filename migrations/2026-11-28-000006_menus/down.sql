delete from role_grants where kind = 'menu' and role_id in (select id from roles where built_in);
