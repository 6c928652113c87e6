-- What PostgreSQL 18 has beyond the hard cases: added to them there.
ALTER EXTENSION btree_gist UPDATE;
CREATE TABLE app.newer (
	id int CONSTRAINT "own name" NOT NULL,
	v int GENERATED ALWAYS AS (id * 2) VIRTUAL,
	s int GENERATED ALWAYS AS (id * 3) STORED,
	during tstzrange,
	not_yet int,
	alone int NOT NULL NO INHERIT,
	CONSTRAINT loose CHECK (id > 0) NOT ENFORCED,
	CONSTRAINT over PRIMARY KEY (id, during WITHOUT OVERLAPS)
);
INSERT INTO app.newer (id, during, not_yet, alone) VALUES (1, '[2020-01-01,2020-02-01)', NULL, 1), (1, '[2020-02-01,2020-03-01)', 2, 2);
ALTER TABLE app.newer ADD CONSTRAINT later NOT NULL not_yet NOT VALID;
COMMENT ON CONSTRAINT "own name" ON app.newer IS 'named';
CREATE TABLE app.newer_child (own int, CONSTRAINT local NOT NULL own) INHERITS (app.newer);
CREATE TABLE app.newer_refers (id int, during tstzrange, other int REFERENCES app.chicken NOT ENFORCED,
	CONSTRAINT within FOREIGN KEY (id, PERIOD during) REFERENCES app.newer (id, PERIOD during));
CREATE TABLE app.newer_parts (id int GENERATED ALWAYS AS IDENTITY, k int CONSTRAINT "k is there" NOT NULL) PARTITION BY LIST (k);
CREATE TABLE app.newer_part PARTITION OF app.newer_parts FOR VALUES IN (1);
CREATE TABLE app.newer_other (k int CONSTRAINT "other name" NOT NULL, id int NOT NULL);
ALTER TABLE app.newer_parts ATTACH PARTITION app.newer_other FOR VALUES IN (2);
INSERT INTO app.newer_parts (k) VALUES (1), (2);
CREATE COLLATION app.builtin (provider = builtin, locale = 'C.UTF-8');
CREATE UNLOGGED SEQUENCE app.unlogged_seq;
CREATE PUBLICATION generated FOR TABLE app.newer WITH (publish_generated_columns = stored);
CREATE SUBSCRIPTION newer_sub CONNECTION 'host=127.0.0.1 port=1' PUBLICATION a WITH (connect = false, slot_name = NONE, streaming = off, origin = none, password_required = false);
GRANT MAINTAIN ON app.newer TO hard_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE "hard owner" GRANT SELECT ON LARGE OBJECTS TO hard_reader;
CREATE DOMAIN app.named AS int CONSTRAINT "there must be" NOT NULL;
CREATE EVENT TRIGGER logins ON login EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER logins DISABLE;
ALTER TABLE app.newer ALTER COLUMN id SET STATISTICS 0;
CREATE MATERIALIZED VIEW app.newer_view AS SELECT id, v, s FROM app.newer;
