-- The role, the database and the schema of mailprobe, with the rights that it needs and no others. Run it once, as a
-- superuser, with psql: psql --file mailprobe.sql. Change the password first. docs/store.md, "PostgreSQL".
CREATE ROLE mailprobe LOGIN PASSWORD 'change-me';
CREATE DATABASE mailprobe OWNER postgres ENCODING 'UTF8' TEMPLATE template0;
\connect mailprobe
REVOKE ALL ON DATABASE mailprobe FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE mailprobe TO mailprobe;
CREATE SCHEMA mailprobe AUTHORIZATION mailprobe;
