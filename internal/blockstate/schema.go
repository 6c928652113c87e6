package blockstate

import (
	"strings"

	"github.com/jackc/pgx/v5"
)

// Schema returns what a superuser installs once in a database so that roles which are none can refresh: the extension
// pageinspect and a schema shugo_blockstate with functions, to be run by the roles given. It can be run again.
//
// The functions run as the superuser who installs them. They tell of one table its length, its visibility map and the log
// positions of its pages, no value of it, and that only to a caller (the role of SET ROLE, or of the session) who may select
// the whole table: by privilege, and with no row security in force for it. Names within them are qualified, and
// those of pageinspect belong to the extension: nobody else can put a function in their place.
func Schema(roles ...string) string {
	var b strings.Builder
	b.WriteString(schemaSQL)
	for _, role := range roles {
		name := pgx.Identifier{role}.Sanitize()
		b.WriteString("GRANT USAGE ON SCHEMA shugo_blockstate TO " + name + ";\n")
		b.WriteString("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA shugo_blockstate TO " + name + ";\n")
	}
	return b.String()
}

const schemaSQL = `CREATE EXTENSION IF NOT EXISTS pageinspect;
CREATE SCHEMA IF NOT EXISTS shugo_blockstate;
DO $install$
DECLARE
	home name := (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
		WHERE e.extname = 'pageinspect');
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace
		WHERE nspname = 'shugo_blockstate' AND pg_catalog.pg_get_userbyid(nspowner) = current_user) THEN
		RAISE 'the schema shugo_blockstate belongs to another role';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
		WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND e.extname = 'pageinspect'
		AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'e'
		AND d.objid = pg_catalog.to_regprocedure(pg_catalog.format('%I.get_raw_page(text, text, bigint)', home))) THEN
		RAISE 'pageinspect is older than 1.9: ALTER EXTENSION pageinspect UPDATE';
	END IF;

	CREATE OR REPLACE FUNCTION shugo_blockstate.readable(t pg_catalog.oid) RETURNS pg_catalog.text
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
	DECLARE
		caller name := CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END;
		found text;
	BEGIN
		SELECT format('%I.%I', n.nspname, c.relname) INTO found
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = caller
		WHERE c.oid = t AND c.relkind IN ('r', 'm') AND has_table_privilege(r.oid, c.oid, 'SELECT')
		AND (NOT c.relrowsecurity OR r.rolsuper OR r.rolbypassrls
			OR pg_has_role(r.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity);
		IF found IS NULL THEN
			RAISE insufficient_privilege USING MESSAGE = 'the role may not select the whole table';
		END IF;
		RETURN found;
	END $body$;

	-- The least transaction identifier that is not in use: one not yet given out has no status, which is an error.
	CREATE OR REPLACE FUNCTION shugo_blockstate.next() RETURNS pg_catalog.int8
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
	DECLARE
		low int8 := pg_snapshot_xmin(pg_current_snapshot())::text::int8 - 1; -- given out
		high int8; -- not given out, once it is set
		step int8 := 1;
		middle int8;
	BEGIN
		WHILE high IS NULL OR high - low > 1 LOOP
			middle := CASE WHEN high IS NULL THEN low + step ELSE (low + high) / 2 END;
			step := step * 2;
			BEGIN
				PERFORM pg_xact_status(middle::text::xid8);
				low := middle;
			EXCEPTION WHEN invalid_parameter_value THEN
				high := middle;
			END;
		END LOOP;
		RETURN high;
	END $body$;

	-- The order counts: the position in the log comes before all else.
	EXECUTE pg_catalog.format($create$
		CREATE OR REPLACE FUNCTION shugo_blockstate.observe(t pg_catalog.oid,
			OUT server pg_catalog.text, OUT lsn pg_catalog.pg_lsn, OUT next pg_catalog.int8, OUT blocks pg_catalog.int8, OUT map pg_catalog.bytea)
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
		DECLARE
			name text := shugo_blockstate.readable(t);
		BEGIN
			lsn := pg_current_wal_insert_lsn();
			next := shugo_blockstate.next();
			blocks := pg_relation_size(t, 'main') / current_setting('block_size')::int8;
			map := (SELECT coalesce(string_agg(%1$I.get_raw_page(name, 'vm'::text, n), '' ORDER BY n), '')
				FROM generate_series(0, pg_relation_size(t, 'vm') / current_setting('block_size')::int8 - 1) n);
			server := (SELECT system_identifier FROM pg_control_system())
				|| '/' || (SELECT timeline_id FROM pg_control_checkpoint())
				|| '/' || extract(epoch FROM pg_postmaster_start_time())
				|| '/' || (SELECT extract(epoch FROM backend_start) FROM pg_stat_activity WHERE backend_type = 'checkpointer')
				|| '/' || (SELECT oid FROM pg_database WHERE datname = current_database());
		END $body$ $create$, home);

	EXECUTE pg_catalog.format($create$
		CREATE OR REPLACE FUNCTION shugo_blockstate.positions(t pg_catalog.oid, first pg_catalog.int8[], after pg_catalog.int8[])
		RETURNS TABLE (headers pg_catalog.bytea)
		LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
		DECLARE
			name text := shugo_blockstate.readable(t);
		BEGIN
			RETURN QUERY SELECT (SELECT string_agg(substring(%1$I.get_raw_page(name, 'main'::text, n) FOR 20), '')
				FROM generate_series(r.first, r.after - 1) n)
			FROM ROWS FROM (unnest($2), unnest($3)) WITH ORDINALITY AS r(first, after, i) ORDER BY r.i;
		END $body$ $create$, home);
END $install$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA shugo_blockstate FROM PUBLIC;
`
