-- A schema of hard cases: every kind of object of a catalog, with names that are hard to quote, and rows of every type. It is
-- read by a superuser into an empty database. Roles are of the cluster: they are made where they are missing.
SET client_min_messages = warning;
SET check_function_bodies = on;
DO $$ DECLARE r text; BEGIN
	FOREACH r IN ARRAY ARRAY['hard owner', 'hard_reader', 'hard;"; DROP', 'hard_granter'] LOOP
		BEGIN EXECUTE format('CREATE ROLE %I NOLOGIN', r); EXCEPTION WHEN duplicate_object OR unique_violation THEN END;
	END LOOP;
END $$;

-- What tries to be taken for pg_catalog.
CREATE FUNCTION public.format(text, VARIADIC "any") RETURNS text LANGUAGE internal IMMUTABLE AS 'text_format_nv';
CREATE FUNCTION public.count_evil(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT -1::bigint';
CREATE FUNCTION public.int4pl(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 42::bigint';
CREATE OPERATOR public.= (FUNCTION = pg_catalog.texteq, LEFTARG = text, RIGHTARG = text);
CREATE TABLE public.pg_class (oid oid, relname text);
CREATE TYPE public.text AS ENUM ('evil');

CREATE SCHEMA app AUTHORIZATION "hard owner";
CREATE SCHEMA "Schema ""quoted"";
with newline";
CREATE SCHEMA "日本語";
CREATE SCHEMA ext;
COMMENT ON SCHEMA app IS E'quote '' back\\slash\nand line';

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
CREATE EXTENSION hstore WITH SCHEMA ext;
CREATE EXTENSION ltree WITH SCHEMA ext;
CREATE EXTENSION citext WITH SCHEMA ext;
CREATE EXTENSION btree_gist WITH SCHEMA ext;
CREATE EXTENSION pg_trgm WITH SCHEMA ext;
CREATE EXTENSION postgres_fdw WITH SCHEMA ext;
COMMENT ON EXTENSION hstore IS 'changed';
GRANT EXECUTE ON FUNCTION ext.akeys(ext.hstore) TO hard_reader;
REVOKE ALL ON FUNCTION ext.avals(ext.hstore) FROM PUBLIC;

-- Collations, conversions.
CREATE COLLATION app.case_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION app."Posix" (provider = libc, locale = 'C');
CREATE CONVERSION app.latin FOR 'LATIN1' TO 'UTF8' FROM pg_catalog.iso8859_1_to_utf8;
COMMENT ON COLLATION app."Posix" IS 'as is';

-- Types.
CREATE TYPE app.mood AS ENUM ('sad', 'it''s "ok"', '幸せ', '');
ALTER TYPE app.mood ADD VALUE 'in between' BEFORE '幸せ';
CREATE TYPE app.point3 AS (x float8, "Y ""axis""" float4, label pg_catalog.text COLLATE "C");
COMMENT ON TYPE app.point3 IS 'three';
COMMENT ON COLUMN app.point3.x IS 'first';
CREATE TYPE app.nested AS (p app.point3, many app.point3[], mood app.mood);
CREATE TYPE app."Gone" AS (a int, b int, c int);
ALTER TYPE app."Gone" DROP ATTRIBUTE b;
CREATE FUNCTION app.positive(int) RETURNS bool LANGUAGE sql IMMUTABLE AS $fn$ SELECT $1 > 0 $fn$;
CREATE DOMAIN app.count AS int DEFAULT 1 NOT NULL CONSTRAINT "is positive" CHECK (app.positive(VALUE));
CREATE DOMAIN app.tags AS pg_catalog.text[] CHECK (cardinality(VALUE) < 10);
CREATE DOMAIN app.tagged AS app.tags CONSTRAINT later CHECK (VALUE IS NULL OR VALUE[1] <> '');
CREATE DOMAIN app.ci AS pg_catalog.text COLLATE app.case_insensitive;
CREATE DOMAIN app.unproven AS int;
COMMENT ON CONSTRAINT "is positive" ON DOMAIN app.count IS 'a check';
CREATE FUNCTION app.float_diff(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 - $2';
CREATE TYPE app.floats AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = app.float_diff, MULTIRANGE_TYPE_NAME = app."many floats");
CREATE TYPE app.names AS RANGE (SUBTYPE = pg_catalog.text, COLLATION = "C");
CREATE TYPE app.moods AS RANGE (SUBTYPE = app.mood);
GRANT USAGE ON TYPE app.mood TO hard_reader;
REVOKE ALL ON TYPE app.point3 FROM PUBLIC;
ALTER TYPE app.mood OWNER TO "hard owner";
ALTER DOMAIN app.count OWNER TO "hard owner";

-- Functions.
CREATE FUNCTION app."weird ""name"";$body$"(a int DEFAULT 1, INOUT b pg_catalog.text DEFAULT 'x;''y', VARIADIC c int[] DEFAULT '{}')
	LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE COST 7 SET search_path = app, pg_temp, "Schema ""quoted"";
with newline" SET work_mem = '1MB'
	AS $outer$ BEGIN EXECUTE $inner$ SELECT $function$1$function$ $inner$; b := $$a\b$$; END $outer$;
CREATE FUNCTION app.rows() RETURNS TABLE (n int, t pg_catalog.text) LANGUAGE sql ROWS 3 AS $$ SELECT 1, 'a' $$;
CREATE FUNCTION app.standard(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT a + b; END;
CREATE PROCEDURE app.work(IN a int, OUT b int) LANGUAGE plpgsql AS $$ BEGIN b := a; COMMIT; END $$;
CREATE FUNCTION app.window_it() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE STRICT AS 'window_row_number';
CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no row may come'; END $$;
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
COMMENT ON FUNCTION app.standard IS 'standard';
COMMENT ON PROCEDURE app.work IS 'works';
REVOKE ALL ON FUNCTION app.standard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.standard TO hard_reader WITH GRANT OPTION;
GRANT EXECUTE ON PROCEDURE app.work TO "hard;""; DROP";
ALTER FUNCTION app.rows OWNER TO "hard owner";
ALTER FUNCTION app.rows DEPENDS ON EXTENSION hstore;

CREATE AGGREGATE app.total(int) (SFUNC = int4_sum, STYPE = int8, COMBINEFUNC = int8pl, PARALLEL = SAFE, INITCOND = '0',
	MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, MSTYPE = int8[], MINITCOND = '{0,0}', MFINALFUNC = int2int4_sum);
CREATE AGGREGATE app.many(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
CREATE AGGREGATE app.best(anyarray) (SFUNC = pg_catalog.array_larger, STYPE = anyarray, SORTOP = OPERATOR(pg_catalog.>));
CREATE AGGREGATE app.percentile(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE app.ranked(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE app.many(*) IS 'counts';

-- Operators, classes, casts.
CREATE FUNCTION app.mod_cmp(int, int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT pg_catalog.btint4cmp($1 % 100, $2 % 100)';
CREATE FUNCTION app.mod_lt(int, int) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 100 < $2 % 100';
CREATE FUNCTION app.mod_le(int, int) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 100 <= $2 % 100';
CREATE FUNCTION app.mod_eq(int, int) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 100 = $2 % 100';
CREATE FUNCTION app.mod_ne(int, int) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 100 <> $2 % 100';
CREATE OPERATOR app.%<% (FUNCTION = app.mod_lt, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(app.%>%), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR app.%>% (FUNCTION = app.mod_le, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(app.%<%));
CREATE OPERATOR app.%<=% (FUNCTION = app.mod_le, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR app.%=% (FUNCTION = app.mod_eq, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(app.%=%), NEGATOR = OPERATOR(app.%!%), MERGES, HASHES);
CREATE OPERATOR app.%!% (FUNCTION = app.mod_ne, LEFTARG = int, RIGHTARG = int, NEGATOR = OPERATOR(app.%=%));
CREATE OPERATOR app.@@# (FUNCTION = pg_catalog.int4abs, RIGHTARG = int);
COMMENT ON OPERATOR app.%=% (int, int) IS 'modulo';
COMMENT ON OPERATOR app.@@# (NONE, int) IS 'prefix';
CREATE OPERATOR FAMILY app.mod_family USING btree;
CREATE OPERATOR CLASS app.mod_ops FOR TYPE int USING btree FAMILY app.mod_family AS
	OPERATOR 1 app.%<%, OPERATOR 2 app.%<=%, OPERATOR 3 app.%=%, FUNCTION 1 app.mod_cmp(int, int);
ALTER OPERATOR FAMILY app.mod_family USING btree ADD OPERATOR 3 pg_catalog.=(int4, int8), FUNCTION 1 (int4, int8) pg_catalog.btint48cmp(int4, int8);
COMMENT ON OPERATOR CLASS app.mod_ops USING btree IS 'by the rest';
CREATE FUNCTION app.mood_to_int(app.mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT length($1::pg_catalog.text)';
CREATE CAST (app.mood AS int) WITH FUNCTION app.mood_to_int(app.mood) AS ASSIGNMENT;
CREATE CAST (app.point3 AS pg_catalog.text) WITH INOUT;
COMMENT ON CAST (app.mood AS int) IS 'length';

-- Text search.
CREATE TEXT SEARCH DICTIONARY app."Stem" (TEMPLATE = pg_catalog.snowball, LANGUAGE = 'english', STOPWORDS = 'english');
CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword, word WITH app."Stem", pg_catalog.simple;
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR email WITH pg_catalog.simple;
COMMENT ON TEXT SEARCH CONFIGURATION app.search IS 'searches';

-- Sequences.
CREATE SEQUENCE app."Seq ""1""" AS smallint START 7 INCREMENT -3 MINVALUE -100 MAXVALUE 50 CACHE 5 CYCLE;
SELECT nextval('app."Seq ""1"""'), nextval('app."Seq ""1"""');
CREATE SEQUENCE app.never;
SELECT setval('app.never', 17, false);
GRANT USAGE ON SEQUENCE app.never TO hard_reader;
CREATE UNLOGGED TABLE app.unlogged (n int);

-- A table with everything, among it dropped columns.
CREATE TABLE app."select" (
	id bigint GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2) PRIMARY KEY,
	gone1 pg_catalog.text,
	by_default int GENERATED BY DEFAULT AS IDENTITY,
	"Column ""quoted"";
newline" pg_catalog.text DEFAULT E'a''b\\c\n;' NOT NULL,
	"名前" pg_catalog.text COLLATE app.case_insensitive,
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk" int,
	gone2 int,
	"user" app.count DEFAULT 3,
	serial serial,
	uses_never bigint DEFAULT nextval('app.never'),
	price numeric(10, 2) CHECK (price >= 0) NO INHERIT,
	doubled numeric GENERATED ALWAYS AS (price * 2) STORED,
	body pg_catalog.text COMPRESSION pglz,
	large bytea,
	CONSTRAINT "check;it" CHECK ("user" < 1000 AND "名前" <> 'no'),
	CONSTRAINT two UNIQUE NULLS NOT DISTINCT ("名前", price) INCLUDE (body) DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE app."select" DROP COLUMN gone1, DROP COLUMN gone2;
ALTER TABLE app."select" ALTER COLUMN large SET STORAGE EXTERNAL, ALTER COLUMN body SET STATISTICS 300, ALTER COLUMN price SET (n_distinct = -0.5);
INSERT INTO app."select" ("名前", "user", price, body, large) SELECT 'n' || i, i, i * 1.5, NULL, '\x00ff' FROM generate_series(1, 20) AS i;
ALTER TABLE app."select" ADD CONSTRAINT unproven CHECK (price < 5) NOT VALID;
ALTER TABLE app."select" OWNER TO "hard owner";
COMMENT ON TABLE app."select" IS 'reserved';
COMMENT ON COLUMN app."select"."Column ""quoted"";
newline" IS 'quoted';
COMMENT ON CONSTRAINT "check;it" ON app."select" IS 'a check';
COMMENT ON CONSTRAINT two ON app."select" IS 'a constraint';
GRANT SELECT, INSERT ON app."select" TO hard_reader;
GRANT UPDATE ("名前", price) ON app."select" TO hard_granter WITH GRANT OPTION;
GRANT SELECT ON app."select" TO hard_granter WITH GRANT OPTION;
SET ROLE hard_granter;
SET search_path = '';
RESET ROLE;
GRANT USAGE ON SCHEMA app TO hard_granter;
SET ROLE hard_granter;
GRANT SELECT ON app."select" TO "hard;""; DROP";
GRANT UPDATE (price) ON app."select" TO PUBLIC;
RESET ROLE;
RESET search_path;
CREATE INDEX "Index ""q""" ON app."select" (lower(body), price DESC NULLS LAST, "名前" COLLATE "C" text_pattern_ops) INCLUDE (large) WITH (fillfactor = 60) WHERE price > 3;
ALTER INDEX app."Index ""q""" ALTER COLUMN 1 SET STATISTICS 500;
CREATE INDEX trigrams ON app."select" USING gin (body ext.gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX brins ON app."select" USING brin (price) WITH (pages_per_range = 4);
CREATE INDEX modulo ON app."select" ("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk" app.mod_ops);
COMMENT ON INDEX app.trigrams IS 'three';
CREATE UNIQUE INDEX replica ON app."select" (serial);
ALTER TABLE app."select" REPLICA IDENTITY USING INDEX replica;
ALTER TABLE app."select" ALTER COLUMN serial SET NOT NULL;
CLUSTER app."select" USING select_pkey;
CREATE STATISTICS app."Stats" (ndistinct, mcv) ON price, "user", lower(body) FROM app."select";
ALTER STATISTICS app."Stats" SET STATISTICS 50;
COMMENT ON STATISTICS app."Stats" IS 'together';

-- Vectors.
CREATE TABLE app.embeddings (id int PRIMARY KEY, v public.vector(3), h public.halfvec(3), s public.sparsevec(5), b bit(8), any_dim public.vector, many public.vector[]);
INSERT INTO app.embeddings SELECT i, ARRAY[i, -0.0, 1.0 / i]::public.vector, ARRAY[i, 0.5, 1]::public.halfvec, '{1:1.5,3:-2}/5', i::bit(8), '[1,2]', ARRAY['[1,2]', NULL]::public.vector[]
	FROM generate_series(1, 50) AS i;
CREATE INDEX hnsw ON app.embeddings USING hnsw (v public.vector_cosine_ops) WITH (m = 8, ef_construction = 32);
CREATE INDEX ivf ON app.embeddings USING ivfflat (h public.halfvec_l2_ops) WITH (lists = 4);
CREATE INDEX quantized ON app.embeddings USING hnsw ((public.binary_quantize(v)::bit(3)) public.bit_hamming_ops) WHERE id > 3;
ALTER TABLE app.embeddings ALTER COLUMN v SET STORAGE PLAIN;

-- Exclusion.
CREATE TABLE app.bookings (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE);
INSERT INTO app.bookings VALUES (1, '[2020-01-01,2020-01-02)'), (1, '[2020-01-02,2020-01-03)'), (2, 'empty'), (3, NULL), (4, '(,)');

-- Circular foreign keys.
CREATE TABLE app.chicken (id int PRIMARY KEY, egg int);
CREATE TABLE app.egg (id int PRIMARY KEY, chicken int REFERENCES app.chicken ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, UNIQUE (id, chicken));
ALTER TABLE app.chicken ADD CONSTRAINT lays FOREIGN KEY (egg) REFERENCES app.egg ON UPDATE SET NULL ON DELETE SET DEFAULT;
ALTER TABLE app.chicken ADD boss int REFERENCES app.chicken ON DELETE SET NULL;
INSERT INTO app.chicken (id, egg, boss) VALUES (1, NULL, 1), (2, NULL, 1);
INSERT INTO app.egg VALUES (1, 1), (2, 2);
BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE app.chicken SET egg = id; COMMIT;
ALTER TABLE app.chicken ADD CONSTRAINT "both" FOREIGN KEY (egg, id) REFERENCES app.egg (id, chicken) MATCH FULL NOT VALID;

-- Inheritance and partitions.
CREATE TABLE app.parent (a int DEFAULT 1 NOT NULL, b pg_catalog.text DEFAULT 'p', c int CHECK (c > 0), g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE app.mother (c int, d int);
CREATE TABLE app.child (d int, e int DEFAULT 9) INHERITS (app.parent, app.mother);
ALTER TABLE app.child ALTER COLUMN b DROP DEFAULT, ALTER COLUMN a SET DEFAULT 2, ALTER COLUMN c SET NOT NULL;
INSERT INTO app.parent (a, c) VALUES (1, 1);
INSERT INTO app.child (a, b, c, d) VALUES (1, 'x', 1, 1);
CREATE TABLE app.measure (day date NOT NULL, city int, v float8 DEFAULT 0.1, CONSTRAINT known CHECK (city > 0)) PARTITION BY RANGE (day);
CREATE TABLE app.measure_1 (v float8 DEFAULT 2, gone int, city int, day date NOT NULL, CONSTRAINT known CHECK (city > 0), CONSTRAINT own CHECK (v IS NOT NULL));
ALTER TABLE app.measure_1 DROP COLUMN gone;
ALTER TABLE app.measure ATTACH PARTITION app.measure_1 FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE app.measure_2 PARTITION OF app.measure FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (city);
CREATE TABLE app.measure_2_a PARTITION OF app.measure_2 FOR VALUES IN (1, 2);
CREATE TABLE app.measure_2_rest PARTITION OF app.measure_2 DEFAULT;
CREATE TABLE app."Measure rest" PARTITION OF app.measure DEFAULT WITH (fillfactor = 50);
ALTER TABLE app.measure ADD PRIMARY KEY (day, city);
CREATE INDEX measure_v ON app.measure (v);
CREATE INDEX only_one ON app.measure_1 (v, city);
CREATE UNIQUE INDEX only_parent ON ONLY app.measure (city, day);
INSERT INTO app.measure SELECT '2019-12-01'::date + i * 20, 1 + i % 4, i FROM generate_series(1, 40) AS i;
CREATE TABLE app.hashed (k pg_catalog.text, v int) PARTITION BY HASH (k, lower(k));
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO app.hashed SELECT 'k' || i, i FROM generate_series(1, 10) AS i;
CREATE TABLE app.refers (day date, city int, FOREIGN KEY (day, city) REFERENCES app.measure ON DELETE CASCADE) PARTITION BY LIST (city);
CREATE TABLE app.refers_1 PARTITION OF app.refers FOR VALUES IN (1, NULL);
CREATE TABLE app.typed OF app.point3 (x WITH OPTIONS PRIMARY KEY, "Y ""axis""" WITH OPTIONS DEFAULT 2 NOT NULL);
INSERT INTO app.typed VALUES ('-0', 'NaN', 'a'), ('Infinity', '-Infinity', 'b');
CREATE TABLE app."no columns" ();
INSERT INTO app."no columns" DEFAULT VALUES;
ALTER TABLE app."no columns" REPLICA IDENTITY FULL;

-- Functions in checks, in defaults, that take rows of the table that they check.
CREATE TABLE app.self (n int, m int);
CREATE FUNCTION app.self_ok(app.self) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1.n < 100';
ALTER TABLE app.self ADD CONSTRAINT ok CHECK (app.self_ok(self));
CREATE FUNCTION app.next_self(app.self) RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER TABLE app.self ALTER COLUMN m SET DEFAULT app.next_self(NULL);
INSERT INTO app.self VALUES (1, 2);

-- Views.
CREATE VIEW app.v1 WITH (security_barrier, check_option = local) AS SELECT id, "名前", price FROM app."select" WHERE price > 1;
CREATE VIEW app.v2 WITH (security_barrier = true) AS SELECT *, app.standard(1, 2) AS s, 'lit''eral\'::pg_catalog.text AS "Odd ""name""" FROM app.v1;
CREATE VIEW app.grouped AS SELECT id, "名前", body, count(*) FROM app."select" GROUP BY id;
CREATE VIEW app.over_grouped AS SELECT * FROM app.grouped;
CREATE FUNCTION app.from_grouped() RETURNS SETOF app.grouped LANGUAGE sql BEGIN ATOMIC SELECT * FROM app.grouped; END;
ALTER VIEW app.v1 ALTER COLUMN price SET DEFAULT 4;
COMMENT ON VIEW app.v1 IS 'a view';
COMMENT ON COLUMN app.v1.price IS 'its price';
GRANT SELECT (id) ON app.v1 TO hard_reader;
CREATE VIEW app.loop_a AS SELECT 1 AS n, 'x'::varchar(5) AS t;
CREATE VIEW app.loop_b AS SELECT * FROM app.loop_a;
CREATE OR REPLACE VIEW app.loop_a AS SELECT b.n, b.t FROM app.loop_b AS b WHERE false;
CREATE VIEW app.with_function AS SELECT 1 AS one;
CREATE FUNCTION app.of_view(app.with_function) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OR REPLACE VIEW app.with_function AS SELECT app.of_view(NULL) AS one;
CREATE RECURSIVE VIEW app.numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 5;
CREATE MATERIALIZED VIEW app.z_first WITH (fillfactor = 80) AS SELECT city, sum(v) AS total FROM app.measure GROUP BY city;
CREATE VIEW app.between AS SELECT * FROM app.z_first;
CREATE MATERIALIZED VIEW app.a_second AS SELECT max(total) FROM app.between;
CREATE MATERIALIZED VIEW app.keyed AS SELECT id, price FROM app."select" GROUP BY id;
CREATE MATERIALIZED VIEW app.unfilled AS SELECT 1 AS one WITH NO DATA;
CREATE UNIQUE INDEX first_city ON app.z_first (city);
CREATE INDEX keyed_id ON app.keyed (id);
ALTER MATERIALIZED VIEW app.z_first CLUSTER ON first_city;
ALTER MATERIALIZED VIEW app.z_first ALTER COLUMN total SET STATISTICS 20;
COMMENT ON MATERIALIZED VIEW app.z_first IS 'filled first';

-- Rules and triggers.
CREATE RULE "Rule ;" AS ON INSERT TO app.v2 DO INSTEAD INSERT INTO app.self VALUES (1, 1);
CREATE RULE silent AS ON DELETE TO app.self WHERE old.n = 5 DO ALSO NOTHING;
ALTER TABLE app.self DISABLE RULE silent;
COMMENT ON RULE silent ON app.self IS 'silent';
CREATE TRIGGER "refuse all" BEFORE INSERT OR UPDATE OF price ON app."select" FOR EACH ROW WHEN (new.price IS DISTINCT FROM 7) EXECUTE FUNCTION app.refuse('arg;''1', 'two');
CREATE TRIGGER never_fires AFTER DELETE ON app.self REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.note();
ALTER TABLE app.self DISABLE TRIGGER never_fires;
CREATE TRIGGER on_replica BEFORE TRUNCATE ON app.self EXECUTE FUNCTION app.note();
ALTER TABLE app.self ENABLE REPLICA TRIGGER on_replica;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.self FROM app.parent DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.note();
ALTER TABLE app.self ENABLE ALWAYS TRIGGER later;
CREATE TRIGGER on_parts AFTER INSERT ON app.measure FOR EACH ROW EXECUTE FUNCTION app.note();
ALTER TABLE app.measure_1 DISABLE TRIGGER on_parts;
CREATE TRIGGER instead INSTEAD OF INSERT ON app.v1 FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE TRIGGER self_update BEFORE UPDATE ON app.self FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
COMMENT ON TRIGGER "refuse all" ON app."select" IS 'refuses';
CREATE EVENT TRIGGER "Event ""trigger""" ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER "Event ""trigger""" DISABLE;
CREATE EVENT TRIGGER always ON sql_drop EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER always ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER always IS 'always';

-- Row security that hides rows even from the owner.
ALTER TABLE app."select" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "Nobody; ""sees""" ON app."select" AS RESTRICTIVE FOR ALL TO PUBLIC USING (false) WITH CHECK (price > 100);
CREATE POLICY readers ON app."select" FOR SELECT TO hard_reader, "hard;""; DROP" USING (EXISTS (SELECT FROM app.self WHERE self.n = id));
CREATE POLICY writers ON app."select" FOR INSERT WITH CHECK (true);
COMMENT ON POLICY readers ON app."select" IS 'reads';
ALTER TABLE app.self FORCE ROW LEVEL SECURITY;

CREATE MATERIALIZED VIEW app.hidden AS SELECT id FROM app."select";
ALTER MATERIALIZED VIEW app.hidden OWNER TO "hard owner";
REFRESH MATERIALIZED VIEW app.hidden;

-- Foreign data.
CREATE FOREIGN DATA WRAPPER dummy OPTIONS (debug 'it''s');
CREATE SERVER "Server;1" TYPE 'kind' VERSION '1.2' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h''ost', port '1');
CREATE SERVER dumb FOREIGN DATA WRAPPER dummy;
CREATE USER MAPPING FOR hard_reader SERVER "Server;1" OPTIONS ("user" 'u', password 'secr''et');
CREATE USER MAPPING FOR PUBLIC SERVER dumb;
CREATE FOREIGN TABLE app."foreign" (a int OPTIONS (column_name 'A"'), b pg_catalog.text NOT NULL DEFAULT 'x', CHECK (a > 0)) SERVER "Server;1" OPTIONS (table_name 't;''');
GRANT USAGE ON FOREIGN SERVER dumb TO hard_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER dummy TO "hard owner" WITH GRANT OPTION;
COMMENT ON FOREIGN TABLE app."foreign" IS 'elsewhere';
COMMENT ON SERVER dumb IS 'dumb';
COMMENT ON FOREIGN DATA WRAPPER dummy IS 'dummy';

-- Replication.
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION "Some;" FOR TABLE app.chicken (id, egg) WHERE (id > 3), app.egg WITH (publish_via_partition_root = true);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA "日本語", app;
COMMENT ON PUBLICATION everything IS 'all';
CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=1 password=x''y' PUBLICATION a, "B;" WITH (connect = false, slot_name = 'slot1', binary = true);
COMMENT ON SUBSCRIPTION sub IS 'never enabled';

-- Privileges by default, settings.
ALTER DEFAULT PRIVILEGES FOR ROLE "hard owner" GRANT SELECT ON TABLES TO hard_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE "hard owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO hard_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE "hard owner" IN SCHEMA app GRANT USAGE ON TYPES TO PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA "日本語" TO hard_reader;
DO $$ BEGIN
	EXECUTE format('ALTER DATABASE %I SET search_path = app, "$user", "日本語"', current_database());
	EXECUTE format('ALTER DATABASE %I SET work_mem = ''7MB''', current_database());
	EXECUTE format('ALTER DATABASE %I SET "my.own 100%%" = ''it''''s''', current_database());
EXCEPTION WHEN invalid_name THEN
	EXECUTE format('ALTER DATABASE %I SET search_path = app, "$user", "日本語"', current_database());
	EXECUTE format('ALTER DATABASE %I SET work_mem = ''7MB''', current_database());
	EXECUTE format('ALTER DATABASE %I SET my.own = ''100%% it''''s''', current_database());
END $$;
DO $$ BEGIN EXECUTE format('ALTER ROLE hard_reader IN DATABASE %I SET DateStyle = ''SQL, DMY''', current_database()); END $$;

DO $$ BEGIN
	EXECUTE format('COMMENT ON DATABASE %I IS ''100%% it''''s''', current_database());
	EXECUTE format('GRANT CREATE ON DATABASE %I TO hard_reader WITH GRANT OPTION', current_database());
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- Large objects.
SELECT lo_from_bytea(4711, '\x00010203');
COMMENT ON LARGE OBJECT 4711 IS 'large';
GRANT SELECT ON LARGE OBJECT 4711 TO hard_reader;

-- Rows of every type.
CREATE TABLE "日本語"."型" (
	id int PRIMARY KEY,
	t_bool bool, t_char "char", t_name name, t_text pg_catalog.text, t_bpchar char(6), t_varchar varchar(9), t_bytea bytea,
	t_int2 int2, t_int4 int4, t_int8 int8, t_oid oid, t_regclass regclass, t_regtype regtype, t_regproc regprocedure, t_regrole regrole, t_regclasses regclass[],
	t_float4 float4, t_float8 float8, t_numeric numeric, t_numeric_mod numeric(12, 4), t_money money,
	t_date date, t_time time, t_timetz timetz(3), t_timestamp timestamp, t_timestamptz timestamptz, t_interval interval, t_interval_mod interval day to second(2),
	t_uuid uuid, t_json json, t_jsonb jsonb, t_jsonpath jsonpath, t_xml xml,
	t_inet inet, t_cidr cidr, t_macaddr macaddr, t_macaddr8 macaddr8, t_bit bit(5), t_varbit varbit, t_lsn pg_lsn, t_snapshot pg_snapshot, t_tid tid, t_xid8 xid8,
	t_point point, t_line line, t_lseg lseg, t_box box, t_path path, t_polygon polygon, t_circle circle,
	t_tsvector tsvector, t_tsquery tsquery,
	t_int4range int4range, t_numrange numrange, t_tstzrange tstzrange, t_daterange daterange, t_multirange int8multirange, t_floats app.floats, t_many app."many floats",
	t_names app.names, t_moods app.moods,
	t_mood app.mood, t_enums app.mood[], t_point3 app.point3, t_nested app.nested, t_points app.point3[], t_tags app.tags, t_tagged app.tagged, t_ci app.ci, t_count app.count,
	t_ints int[], t_deep float8[][], t_texts pg_catalog.text[], t_vector public.vector(3), t_vectors public.vector[], t_halfvec public.halfvec(2), t_sparse public.sparsevec(9),
	t_hstore ext.hstore, t_ltree ext.ltree, t_citext ext.citext, t_lquery ext.lquery
);
INSERT INTO "日本語"."型" VALUES (1,
	true, '\001', 'a name', E'back\\slash ''quote'' \n\t', 'ab  ', 'v', '\x00ff5c', -32768, -2147483648, -9223372036854775808, 4294967295,
	'app."select"', 'app.mood', 'app.standard(int,int)', '"hard owner"', '{app.egg,NULL}',
	'-0', 'NaN', 'NaN', 1.5, '12.34', '-infinity', '24:00:00', '12:00:00.123+09', 'infinity', '0044-03-15 BC', '1 year -2 days 03:04:05.000006', '1 day',
	'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b" : 1, "a":1.0 , "a":2}', '{"b":1.0,"a":[1e3,null,"\u00e9"]}', '$.a[*] ? (@ > 1)', '<a>x &amp; y</a>',
	'::1/64', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', B'10101', B'1', '16/B374D848', '10:20:10,14,15', '(3,4)', '77',
	'(-0,NaN)', '{1,2,3}', '[(0,0),(1,1)]', '((0,0),(1,1))', '[(0,0),(1,1)]', '((0,0),(1,1),(2,0))', '<(0,0),1.5>',
	'''a'':1A b:2', 'a & !b', '[1,5)', '(0.10,)', '["2020-01-01 00:00:00+00",infinity]', 'empty', '{[1,2),[5,9)}', '[-0,1e-300]', '{[1,2],(3,)}',
	'["a","b""c")', '[sad,幸せ]',
	'it''s "ok"', '{sad,NULL,"it''s \"ok\""}', ROW('-0', 'NaN', 'a,"b"'), ROW(ROW(1, 2, NULL), ARRAY[ROW(NULL, NULL, '')]::app.point3[], '幸せ'), ARRAY[ROW(1, 2, 'x')]::app.point3[],
	'{a,"b c",NULL}', '{x}', 'MiXed', 5, '{1,NULL,3}', '[2:3][1:2]={{1,-0},{NaN,Infinity}}', '{"",NULL,"NULL"}', '[1,-0,3]', ARRAY['[1,2]']::public.vector[], '[1,2]', '{2:1}/9',
	'a=>NULL, "b c"=>""', 'top.sub', 'CiText', '*.a.*{1,2}');
INSERT INTO "日本語"."型" (id, t_text, t_bytea, t_float4, t_float8, t_numeric, t_numeric_mod, t_jsonb, t_texts, t_point3, t_interval, t_count, t_xml)
	VALUES (2, '', '', 'Infinity', '-0', '-Infinity', 0, 'null', '{}', ROW(NULL, NULL, NULL), '24:00:00', 1, 'text only'),
	(3, NULL, NULL, 'NaN', 'Infinity', 1.0, NULL, '"x"', NULL, NULL, '1 day', 1, NULL),
	(4, '''', '\x', 0, 0, 1.00, NULL, '{}', '{NULL}', NULL, '-1 mon', 1, NULL);
INSERT INTO "日本語"."型" (id, t_numeric, t_float8, t_count) VALUES (5, 1e-1000, 4.9e-324, 1), (6, 9.99e1000, 1.7976931348623157e308, 1);
CREATE TABLE "Schema ""quoted"";
with newline"."Table ""t"";
newline\" ("a" int, ";" pg_catalog.text, "\" int);
INSERT INTO "Schema ""quoted"";
with newline"."Table ""t"";
newline\" VALUES (1, ';', 2), (1, ';', 2);
