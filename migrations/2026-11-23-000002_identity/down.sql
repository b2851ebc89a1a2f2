drop table api_tokens;
drop table users;
drop table role_grants;
drop table roles;
