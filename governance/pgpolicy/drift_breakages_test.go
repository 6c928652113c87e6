package pgpolicy_test

import (
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// only is the kinds of a breakage.
func only(kinds ...pgpolicy.Kind) []pgpolicy.Kind { return kinds }

// breakages are ways to break the tutor's database.
func breakages() []breakage {
	var all []breakage
	for _, list := range [][]breakage{
		roleBreakages(), settingBreakages(), schemaBreakages(), tableBreakages(), columnBreakages(), policyBreakages(),
		functionBreakages(), codeBreakages(), viewBreakages(), standingBreakages(), auditBreakages(), wayBreakages(),
	} {
		all = append(all, list...)
	}
	return all
}

// sinceVersion15 are the breakages that PostgreSQL 14 has no statement for.
func sinceVersion15() []string { return []string{"a superuser's setting", "schema published"} }

func roleBreakages() []breakage {
	return []breakage{
		{"application superuser", "ALTER ROLE {app} SUPERUSER", only(pgpolicy.ApplicationSuperuser), nil},
		{"application bypassrls", "ALTER ROLE {app} BYPASSRLS", only(pgpolicy.ApplicationBypass), nil},
		{"application replication", "ALTER ROLE {app} REPLICATION", only(pgpolicy.ApplicationReplication), nil},
		{"application createrole", "ALTER ROLE {app} CREATEROLE", only(pgpolicy.ApplicationCreateRole), nil},
		{"application createdb", "ALTER ROLE {app} CREATEDB", only(pgpolicy.ApplicationCreateDatabase), nil},
		{"application in owner", "GRANT {owner} TO {app}", only(pgpolicy.ApplicationMemberOfOwner), nil},
		{"application in owner by way of another", "GRANT {owner} TO {r}; GRANT {r} TO {app}",
			only(pgpolicy.ApplicationMemberOfOwner, pgpolicy.OwnerMember), nil},
		{"application in a superuser", "ALTER ROLE {r} SUPERUSER; GRANT {r} TO {app}",
			only(pgpolicy.ApplicationMemberOfPrivileged, pgpolicy.OtherSuperuser), nil},
		{"application in all data", "GRANT pg_read_all_data TO {app}", only(pgpolicy.ApplicationMemberOfAllData), nil},
		{"application writes all data", "GRANT pg_write_all_data TO {app} WITH ADMIN OPTION",
			only(pgpolicy.ApplicationMemberOfAllData), nil},
		{"application in server files", "GRANT pg_execute_server_program TO {app}",
			only(pgpolicy.ApplicationMemberOfServerFiles), nil},
		{"application in pg_monitor", "GRANT pg_monitor TO {app}", only(pgpolicy.ApplicationMemberOfPredefined), nil},
		{"owner superuser", "ALTER ROLE {owner} SUPERUSER", only(pgpolicy.OwnerSuperuser), nil},
		{"owner bypassrls", "ALTER ROLE {owner} BYPASSRLS", only(pgpolicy.OwnerBypass), nil},
		{"member of owner", "GRANT {owner} TO {r}", only(pgpolicy.OwnerMember), nil},
		{"other superuser", "ALTER ROLE {r} SUPERUSER", only(pgpolicy.OtherSuperuser), nil},
		{"other bypassrls", "ALTER ROLE {r} BYPASSRLS", only(pgpolicy.OtherBypass), nil},
		{"other replication", "ALTER ROLE {r} REPLICATION", only(pgpolicy.OtherReplication), nil},
		{"other in all data", "GRANT pg_read_all_data TO {r}", only(pgpolicy.OtherAllData), nil},
		{"other in server files", "GRANT pg_read_server_files TO {r}", only(pgpolicy.OtherServerFiles), nil},
		{"no application", "CREATE ROLE renamed; DROP ROLE renamed; ALTER ROLE {app} RENAME TO renamed", only(pgpolicy.RoleMissing), only(pgpolicy.RoleMissing)},
	}
}

func settingBreakages() []breakage {
	return []breakage{
		{"a caller for the application", "ALTER ROLE {app} SET shugo.caller = 'admin'", only(pgpolicy.SettingCaller), nil},
		{"roles for the database", "ALTER DATABASE {db} SET shugo.roles = '{{admin}'", only(pgpolicy.SettingCaller), nil},
		{"a purpose for the application here", "ALTER ROLE {app} IN DATABASE {db} SET shugo.purpose = 'x'",
			only(pgpolicy.SettingCaller), nil},
		{"triggers off", "ALTER ROLE {app} SET session_replication_role = replica", only(pgpolicy.SettingReplicationRole), nil},
		{"row security off for the database", "ALTER DATABASE {db} SET row_security = off", only(pgpolicy.SettingRowSecurity), nil},
		{"search path", "ALTER ROLE {app} SET search_path = public, pg_catalog", only(pgpolicy.SettingSearchPath), nil},
		{"large objects open", "ALTER DATABASE {db} SET lo_compat_privileges = on", only(pgpolicy.LargeObjectsOpen), nil},
		{"large objects open on the server", "SET LOCAL lo_compat_privileges = on", only(pgpolicy.LargeObjectsOpen),
			only(pgpolicy.LargeObjectsOpen)},
		{"a superuser's setting", "GRANT SET ON PARAMETER session_replication_role TO {app}; GRANT {r} TO {app}; " +
			"GRANT ALTER SYSTEM ON PARAMETER wal_level TO {r}", only(pgpolicy.SettingGrant), nil},
		{"settings of somebody else, or harmless", "ALTER ROLE {r} SET row_security = off; ALTER ROLE {app} SET work_mem = '1MB'; " +
			"ALTER ROLE {app} SET search_path = public; ALTER ROLE {app} SET row_security = on", only(), nil},
	}
}

func schemaBreakages() []breakage {
	return []breakage{
		{"application owns the database", "ALTER DATABASE {db} OWNER TO {app}", only(pgpolicy.DatabaseOwner), nil},
		{"CREATE on the database", "GRANT CREATE ON DATABASE {db} TO {app}", only(pgpolicy.DatabaseCreate), nil},
		{"CREATE on the database for everybody", "GRANT CREATE ON DATABASE {db} TO PUBLIC", only(pgpolicy.DatabaseCreate), nil},
		{"no schema", "DROP SCHEMA governed CASCADE", only(pgpolicy.SchemaMissing, pgpolicy.FunctionMissing, pgpolicy.ViewMissing,
			pgpolicy.PolicyMissing, pgpolicy.PolicyFloorMissing), nil},
		{"schema's owner", "ALTER SCHEMA governed OWNER TO {r}", only(pgpolicy.SchemaOwner), nil},
		{"application owns the tables' schema", "ALTER SCHEMA public OWNER TO {app}", only(pgpolicy.SchemaOwner), nil},
		{"application owns the audit trail's schema", "ALTER SCHEMA shugo OWNER TO {app}", only(pgpolicy.SchemaOwner), nil},
		{"CREATE for everybody", "GRANT CREATE ON SCHEMA public TO PUBLIC", only(pgpolicy.SchemaCreate), nil},
		{"CREATE beside the functions", "GRANT CREATE ON SCHEMA governed TO {app}", only(pgpolicy.SchemaCreate), nil},
		{"CREATE in the audit trail", "GRANT CREATE ON SCHEMA shugo TO {r}", only(pgpolicy.SchemaCreate), nil},
		{"no USAGE", "REVOKE USAGE ON SCHEMA governed FROM {app}", only(pgpolicy.SchemaUsageMissing), nil},
		{"no USAGE of the tables' schema", "REVOKE USAGE ON SCHEMA public FROM PUBLIC, {app}", only(pgpolicy.SchemaUsageMissing), nil},
		{"USAGE for everybody", "GRANT USAGE ON SCHEMA governed TO PUBLIC", only(pgpolicy.SchemaUsageExcess), nil},
		{"USAGE to hand on", "GRANT USAGE ON SCHEMA governed TO {app} WITH GRANT OPTION", only(pgpolicy.GrantOption), nil},
		{"default privileges", "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT ON TABLES TO {app}",
			only(pgpolicy.DefaultPrivileges), nil},
		{"default privileges everywhere", "ALTER DEFAULT PRIVILEGES FOR ROLE {r} GRANT SELECT ON TABLES TO PUBLIC; " +
			"ALTER DEFAULT PRIVILEGES FOR ROLE {r} GRANT USAGE ON SEQUENCES TO {r2}", only(pgpolicy.DefaultPrivileges), nil},
		{"default privileges of the audit trail", "ALTER DEFAULT PRIVILEGES IN SCHEMA shugo GRANT SELECT ON TABLES TO {app}", only(), nil},
		{"default privileges of functions", "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA governed GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
			only(pgpolicy.DefaultPrivileges), nil},
	}
}

func tableBreakages() []breakage {
	return []breakage{
		{"no table", "DROP TABLE conversation_analytics CASCADE", only(pgpolicy.TableMissing), only(pgpolicy.TableMissing)},
		{"a view in the table's place", "ALTER TABLE conversation_analytics RENAME TO hidden; CREATE VIEW public.conversation_analytics " +
			"AS SELECT * FROM hidden; ALTER VIEW public.conversation_analytics OWNER TO {owner}",
			only(pgpolicy.TableMissing, pgpolicy.TableUncovered), only(pgpolicy.TableMissing)},
		{"table's owner", "ALTER TABLE users OWNER TO {r}", only(pgpolicy.TableOwner), nil},
		{"application owns a table", "ALTER TABLE users OWNER TO {app}", only(pgpolicy.TableOwnedByApplication), nil},
		{"application owns a table without category", "CREATE TABLE public.x (); ALTER TABLE public.x OWNER TO {app}; CREATE SEQUENCE public.y; " +
			"ALTER SEQUENCE public.y OWNER TO {app}", only(pgpolicy.TableOwnedByApplication), nil},
		{"row security off", "ALTER TABLE users DISABLE ROW LEVEL SECURITY", only(pgpolicy.RowSecurityOff), nil},
		{"row security unforced", "ALTER TABLE users NO FORCE ROW LEVEL SECURITY", only(pgpolicy.RowSecurityUnforced), nil},
		{"everybody reads", "GRANT SELECT ON users TO PUBLIC", only(pgpolicy.TableGrantPublic), nil},
		{"another reads", "GRANT SELECT, UPDATE ON users TO {r}", only(pgpolicy.TableGrantOther), nil},
		{"another reads and hands on", "GRANT SELECT ON users TO {r} WITH GRANT OPTION; SET LOCAL ROLE {r}; GRANT SELECT ON users TO {r2}; " +
			"RESET ROLE", only(pgpolicy.TableGrantOther), nil},
		{"application truncates", "GRANT TRUNCATE, TRIGGER, REFERENCES ON users TO {app}", only(pgpolicy.TableGrantExcess), nil},
		{"application reads the whole table", "GRANT SELECT ON users TO {app}", only(pgpolicy.TableGrantExcess), nil},
		{"application may do all", "GRANT ALL ON conversation_analytics TO {app}", only(pgpolicy.TableGrantExcess), nil},
		{"application may not delete", "REVOKE DELETE ON users FROM {app}", only(pgpolicy.TableGrantMissing), nil},
		{"application may do nothing", "REVOKE ALL ON users FROM {app}", only(pgpolicy.TableGrantMissing, pgpolicy.ColumnGrantMissing), nil},
		{"application may hand on", "GRANT DELETE ON users TO {app} WITH GRANT OPTION; GRANT SELECT (name) ON users TO {app} WITH GRANT OPTION",
			only(pgpolicy.GrantOption), nil},
		{"rights from somebody else", "REVOKE DELETE ON users FROM {app}; GRANT DELETE ON users TO {r} WITH GRANT OPTION; SET LOCAL ROLE {r}; " +
			"GRANT DELETE ON users TO {app}; RESET ROLE", only(pgpolicy.TableGrantOther, pgpolicy.TableGrantMissing), nil},
		{"table's comment", "COMMENT ON TABLE users IS 'people'", only(pgpolicy.TableComment), nil},
		{"a comment beside the category", "COMMENT ON TABLE users IS E'people\ncategory: user_data'", only(), nil},
		{"a rule", "CREATE RULE quiet AS ON DELETE TO users DO INSTEAD NOTHING", only(pgpolicy.TableRule), nil},
		{"a table without category", "CREATE TABLE public.x (a int); GRANT SELECT ON public.x TO {app}", only(pgpolicy.TableUncovered), nil},
		{"a column of a table without category", "CREATE TABLE public.x (a int); GRANT UPDATE (a) ON public.x TO {r}", only(pgpolicy.TableUncovered), nil},
		{"a table that inherits, elsewhere", "CREATE SCHEMA z; CREATE TABLE z.x () INHERITS (users); ALTER TABLE z.x OWNER TO {owner}; " +
			"GRANT SELECT ON z.x TO {r}", only(pgpolicy.TableUncovered), nil},
		{"a sequence", "CREATE SEQUENCE public.x; GRANT USAGE ON SEQUENCE public.x TO {app}", only(pgpolicy.SequenceUncovered), nil},
		{"part of another table", "CREATE TABLE public.x (LIKE users INCLUDING ALL); ALTER TABLE users INHERIT public.x", only(pgpolicy.InheritanceParent), nil},
		{"partition of another table", "CREATE TABLE public.x (user_id text NOT NULL, conversations int NOT NULL, messages int NOT NULL, " +
			"mean_length double precision NOT NULL) PARTITION BY LIST (user_id); ALTER TABLE public.x ATTACH PARTITION conversation_analytics DEFAULT",
			only(pgpolicy.InheritanceParent), nil},
		{"a trigger off", "ALTER TABLE users DISABLE TRIGGER stamped", only(pgpolicy.TriggerDisabled), nil},
		{"foreign keys off", "ALTER TABLE conversation_sessions DISABLE TRIGGER ALL", only(pgpolicy.ConstraintDisabled), nil},
		{"somebody else's trigger", "CREATE FUNCTION public.x() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION public.x() " +
			"OWNER TO {r}; CREATE TRIGGER x AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION public.x()", only(pgpolicy.TriggerCode), nil},
	}
}

func columnBreakages() []breakage {
	return []breakage{
		{"no column", "ALTER TABLE conversation_messages DROP COLUMN content_embedding CASCADE",
			only(pgpolicy.ColumnMissing, pgpolicy.ViewMissing, pgpolicy.FunctionBody), only(pgpolicy.ColumnMissing)},
		{"no subject column", "ALTER TABLE conversation_interactions RENAME COLUMN user_id TO person",
			only(pgpolicy.ColumnMissing), only(pgpolicy.ColumnMissing)},
		{"a new column", "ALTER TABLE users ADD phone text", only(pgpolicy.ColumnNew), nil},
		{"a new column that is read", "ALTER TABLE users ADD phone text; GRANT SELECT (phone) ON users TO {app}, {r}",
			only(pgpolicy.ColumnComment, pgpolicy.ColumnGrantMissing, pgpolicy.ColumnGrantOther, pgpolicy.ViewDefinition), nil},
		{"column's comment", "COMMENT ON COLUMN users.email IS NULL", only(pgpolicy.ColumnComment), nil},
		{"column of another category", "COMMENT ON COLUMN users.email IS 'category: public_data'", only(pgpolicy.ColumnComment), nil},
		{"everybody reads a column", "GRANT SELECT (email) ON users TO PUBLIC", only(pgpolicy.ColumnGrantPublic), nil},
		{"another writes a column", "GRANT UPDATE (email) ON users TO {r}", only(pgpolicy.ColumnGrantOther), nil},
		{"application refers to a column", "GRANT REFERENCES (id) ON users TO {app}", only(pgpolicy.ColumnGrantExcess), nil},
		{"application may not read a column", "REVOKE SELECT (email) ON users FROM {app}", only(pgpolicy.ColumnGrantMissing), nil},
		{"subject's collation", "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false); " +
			"ALTER TABLE user_learning_progress DROP CONSTRAINT user_learning_progress_user_id_fkey; DROP VIEW governed.user_learning_progress; " +
			"DROP POLICY shugo_select ON user_learning_progress; DROP POLICY shugo_insert ON user_learning_progress; " +
			"DROP POLICY shugo_update ON user_learning_progress; DROP POLICY shugo_delete ON user_learning_progress; " +
			"DROP POLICY shugo_view ON user_learning_progress; " +
			"ALTER TABLE user_learning_progress ALTER user_id TYPE text COLLATE folded",
			only(pgpolicy.SubjectIncomparable), only(pgpolicy.SubjectIncomparable)},
		{"no index", "ALTER TABLE user_learning_progress DROP CONSTRAINT user_learning_progress_pkey", only(pgpolicy.SubjectIndexMissing), nil},
		{"an invalid index", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'user_learning_progress_pkey'::regclass",
			only(pgpolicy.SubjectIndexInvalid), nil},
	}
}

func policyBreakages() []breakage {
	return []breakage{
		{"no floor", "DROP POLICY shugo_floor ON users", only(pgpolicy.PolicyFloorMissing), nil},
		{"no policy", "DROP POLICY shugo_select ON users", only(pgpolicy.PolicyMissing), nil},
		{"a policy that opens", "CREATE POLICY open ON users FOR SELECT USING (true)", only(pgpolicy.PolicyUnknownPermissive), nil},
		{"a policy that hides", "CREATE POLICY hides ON users AS RESTRICTIVE USING (id <> 'x')", only(pgpolicy.PolicyUnknownRestrictive), nil},
		{"a policy's USING", "ALTER POLICY shugo_select ON users USING (true)", only(pgpolicy.PolicyUsing), nil},
		{"a policy's WITH CHECK", "ALTER POLICY shugo_insert ON users WITH CHECK (true)", only(pgpolicy.PolicyCheck), nil},
		{"the floor's both", "ALTER POLICY shugo_floor ON users USING (true) WITH CHECK (true)",
			only(pgpolicy.PolicyUsing, pgpolicy.PolicyCheck), nil},
		{"a policy's roles", "ALTER POLICY shugo_select ON users TO PUBLIC", only(pgpolicy.PolicyRoles), nil},
		{"a floor for few", "ALTER POLICY shugo_floor ON users TO {r}", only(pgpolicy.PolicyRoles), nil},
		{"a policy's command and mode", "DROP POLICY shugo_floor ON users; CREATE POLICY shugo_floor ON users FOR SELECT USING " +
			"((SELECT governed.caller() AS caller) IS NOT NULL)", only(pgpolicy.PolicyCommand, pgpolicy.PolicyMode, pgpolicy.PolicyCheck), nil},
		{"a policy with a function of its own", "CREATE FUNCTION governed.evil() RETURNS boolean LANGUAGE sql AS 'SELECT true'; " +
			"ALTER POLICY shugo_select ON users USING (governed.evil())", only(pgpolicy.PolicyUsing, pgpolicy.FunctionUnknown), nil},
	}
}

func functionBreakages() []breakage {
	const caller = " FUNCTION governed.caller() "
	return []breakage{
		{"no function", "DROP" + caller + "CASCADE", only(pgpolicy.FunctionMissing, pgpolicy.PolicyFloorMissing, pgpolicy.PolicyMissing,
			pgpolicy.ViewMissing), nil},
		{"a function's body", "UPDATE pg_proc SET prosrc = prosrc || ' ' WHERE oid = 'governed.caller()'::regprocedure",
			only(pgpolicy.FunctionBody), nil},
		{"a function's language", "CREATE OR REPLACE" + caller + "RETURNS text LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp " +
			"AS 'SELECT ''admin''::text'", only(pgpolicy.FunctionSignature, pgpolicy.FunctionBody), nil},
		{"a function's owner", "ALTER" + caller + "OWNER TO {app}", only(pgpolicy.FunctionOwner), nil},
		{"a function's rights", "ALTER" + caller + "SECURITY DEFINER", only(pgpolicy.FunctionDefiner), nil},
		{"a function's search path", "ALTER" + caller + "SET search_path = public", only(pgpolicy.FunctionConfig), nil},
		{"a function's settings", "ALTER" + caller + "SET work_mem = '1MB'", only(pgpolicy.FunctionConfig), nil},
		{"a function's volatility", "ALTER" + caller + "IMMUTABLE PARALLEL UNSAFE", only(pgpolicy.FunctionAttributes), nil},
		{"a leakproof function", "ALTER" + caller + "LEAKPROOF", only(pgpolicy.LeakproofFunction), nil},
		{"a function more", "CREATE FUNCTION governed.caller(int) RETURNS text LANGUAGE sql AS 'SELECT ''x''::text'",
			only(pgpolicy.FunctionUnknown), nil},
		{"a procedure", "CREATE PROCEDURE governed.p() LANGUAGE sql AS 'SELECT 1'", only(pgpolicy.FunctionUnknown), nil},
		{"a function more that a table needs", "CREATE FUNCTION governed.f() RETURNS boolean LANGUAGE sql AS 'SELECT true'; " +
			"ALTER TABLE schema_migrations ADD CHECK (governed.f())", only(pgpolicy.FunctionUnknown), only(pgpolicy.FunctionUnknown)},
		{"a procedure in the function's place", "DROP FUNCTION governed.held(text); CREATE PROCEDURE governed.held(subject text) LANGUAGE sql " +
			"AS 'SELECT 1'", only(pgpolicy.FunctionSignature, pgpolicy.FunctionBody, pgpolicy.FunctionConfig, pgpolicy.FunctionAttributes,
			pgpolicy.FunctionComment, pgpolicy.FunctionOwner, pgpolicy.FunctionGrantPublic, pgpolicy.FunctionDefiner), nil},
		{"everybody executes", "GRANT EXECUTE ON" + caller + "TO PUBLIC", only(pgpolicy.FunctionGrantPublic), nil},
		{"another executes", "GRANT EXECUTE ON" + caller + "TO {r}", only(pgpolicy.FunctionGrantOther), nil},
		{"application does not execute", "REVOKE EXECUTE ON" + caller + "FROM {app}", only(pgpolicy.FunctionGrantMissing), nil},
		{"a function's comment", "COMMENT ON" + caller + "IS NULL", only(pgpolicy.FunctionComment), nil},
	}
}

func codeBreakages() []breakage {
	return []breakage{
		{"leakproof elsewhere", "ALTER FUNCTION harmless() LEAKPROOF", only(pgpolicy.LeakproofFunction), nil},
		{"security definer of a superuser", "CREATE FUNCTION public.f() RETURNS SETOF users SECURITY DEFINER LANGUAGE sql AS 'SELECT * FROM users'",
			only(pgpolicy.DefinerFunction), nil},
		{"security definer of the owner", "CREATE SCHEMA z; CREATE FUNCTION z.f() RETURNS SETOF users SECURITY DEFINER LANGUAGE sql AS " +
			"'SELECT * FROM users'; ALTER FUNCTION z.f() OWNER TO {owner}; REVOKE ALL ON FUNCTION z.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION " +
			"z.f() TO {app}", only(pgpolicy.DefinerFunction), nil},
		{"security definer of one with rights", "GRANT SELECT (name) ON users TO {r}; ALTER FUNCTION harmless() OWNER TO {r}; " +
			"ALTER FUNCTION harmless() SECURITY DEFINER", only(pgpolicy.DefinerFunction, pgpolicy.ColumnGrantOther), nil},
		{"security definer of one without rights", "ALTER FUNCTION harmless() OWNER TO {r}; ALTER FUNCTION harmless() SECURITY DEFINER",
			only(), nil},
		{"security definer for nobody", "ALTER FUNCTION harmless() SECURITY DEFINER; REVOKE ALL ON FUNCTION harmless() FROM PUBLIC", only(), nil},
		{"untrusted language", "CREATE FUNCTION public.f(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'",
			only(pgpolicy.UntrustedFunction), nil},
		{"dblink", "CREATE EXTENSION dblink", only(pgpolicy.ExtensionFunction), nil},
		{"files for the application", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {app}", only(pgpolicy.SystemGrant), nil},
		{"statistics for everybody", "GRANT SELECT ON pg_statistic TO PUBLIC", only(pgpolicy.SystemGrant), nil},
		{"a column of statistics", "GRANT SELECT (stavalues1) ON pg_statistic TO {app}", only(pgpolicy.SystemGrant), nil},
		{"passwords by way of another role", "GRANT {r} TO {app}; GRANT SELECT ON pg_authid TO {r}", only(pgpolicy.SystemGrant), nil},
	}
}

func viewBreakages() []breakage {
	return []breakage{
		{"no view", "DROP VIEW governed.users", only(pgpolicy.ViewMissing), nil},
		{"a view's definition", "CREATE OR REPLACE VIEW governed.users WITH (security_barrier) AS SELECT * FROM users",
			only(pgpolicy.ViewDefinition), nil},
		{"a view's options", "ALTER VIEW governed.users RESET (security_barrier)", only(pgpolicy.ViewOptions), nil},
		{"a view's owner", "ALTER VIEW governed.users OWNER TO {r}", only(pgpolicy.ViewOwner), nil},
		{"everybody reads a view", "GRANT SELECT ON governed.users TO PUBLIC", only(pgpolicy.ViewGrantPublic), nil},
		{"another reads a view's column", "GRANT SELECT (name) ON governed.users TO {r}", only(pgpolicy.ViewGrantOther), nil},
		{"application writes a view", "GRANT UPDATE ON governed.users TO {app}", only(pgpolicy.ViewGrantExcess), nil},
		{"application does not read a view", "REVOKE SELECT ON governed.users FROM {app}", only(pgpolicy.ViewGrantMissing), nil},
		{"application owns a view", "ALTER VIEW governed.users OWNER TO {app}", only(pgpolicy.ViewOwner), nil},
		{"application writes a view's column", "GRANT UPDATE (name) ON governed.users TO {app}", only(pgpolicy.ViewGrantExcess), nil},
		{"a table in the view's place", "DROP VIEW governed.users; CREATE TABLE governed.users ()", only(pgpolicy.ViewMissing),
			only(pgpolicy.ViewMissing)},
		{"an extension's view", "CREATE EXTENSION pg_stat_statements", only(), nil},
		{"a view's comment", "COMMENT ON VIEW governed.users IS 'x'", only(pgpolicy.ViewComment), nil},
		{"a view more", "CREATE VIEW governed.x AS SELECT * FROM users; GRANT SELECT ON governed.x TO {app}", only(pgpolicy.ViewUnknown), nil},
		{"a table beside the views", "CREATE TABLE governed.x (); GRANT SELECT ON governed.x TO {app}", only(pgpolicy.ViewUnknown), nil},
		{"a view for everybody", "GRANT SELECT ON private_overview TO PUBLIC", only(pgpolicy.ViewExposes), nil},
		{"a view of a view elsewhere", "CREATE SCHEMA z; CREATE VIEW z.v AS SELECT * FROM private_overview; GRANT SELECT (n) ON z.v TO {r}",
			only(pgpolicy.ViewExposes), nil},
		{"a view of the application", "ALTER VIEW private_overview OWNER TO {app}", only(pgpolicy.TableOwnedByApplication), nil},
		{"a view of the masking view", "CREATE SCHEMA z; CREATE VIEW z.v AS SELECT * FROM governed.users; GRANT SELECT ON z.v TO {r}", only(), nil},
		{"a view of nothing governed", "CREATE VIEW public.x AS SELECT * FROM schema_migrations; GRANT SELECT ON public.x TO {app}",
			only(pgpolicy.TableUncovered), nil},
		{"a copy", "CREATE MATERIALIZED VIEW public.x AS SELECT * FROM users", only(pgpolicy.MaterializedViewCopy), nil},
		{"an open copy elsewhere", "CREATE SCHEMA z; CREATE MATERIALIZED VIEW z.x AS SELECT * FROM users; GRANT SELECT ON z.x TO {app}",
			only(pgpolicy.MaterializedViewCopy, pgpolicy.MaterializedViewExposes), nil},
	}
}

func standingBreakages() []breakage {
	return []breakage{
		{"no standing relation", "DROP TABLE consent.standing", only(pgpolicy.StandingMissing), only(pgpolicy.StandingMissing)},
		{"no column of standing", "ALTER TABLE consent.standing DROP held", only(pgpolicy.StandingMissing), only(pgpolicy.StandingMissing)},
		{"standing shielded", "ALTER TABLE consent.standing ENABLE ROW LEVEL SECURITY; ALTER TABLE consent.standing FORCE ROW LEVEL SECURITY",
			only(pgpolicy.StandingShielded), nil},
		{"standing of another", "ALTER TABLE consent.standing ENABLE ROW LEVEL SECURITY; ALTER TABLE consent.standing OWNER TO {r}; " +
			"GRANT SELECT ON consent.standing TO {owner}", only(pgpolicy.StandingShielded), only(pgpolicy.StandingShielded)},
		{"standing unreadable", "ALTER TABLE consent.standing OWNER TO {r}", only(pgpolicy.StandingUnreadable), nil},
		{"standing for everybody", "GRANT INSERT ON consent.standing TO PUBLIC", only(pgpolicy.StandingPublic), nil},
	}
}

func auditBreakages() []breakage {
	const trigger = "DO $x$ DECLARE t name; BEGIN SELECT tgname INTO t FROM pg_trigger WHERE tgrelid = '{audit}'::regclass AND tgtype & 8 <> 0; "
	return []breakage{
		{"application owns the audit trail", "ALTER TABLE {audit} OWNER TO {app}", only(pgpolicy.AuditOwner), nil},
		{"application changes the audit trail", "GRANT UPDATE, DELETE ON {audit} TO {app}", only(pgpolicy.AuditGrantChange), nil},
		{"application changes a column of it", "GRANT UPDATE (tx) ON {audit} TO {app}", only(pgpolicy.AuditGrantChange), nil},
		{"another empties the audit trail", "GRANT TRUNCATE ON {audit} TO {r}", only(pgpolicy.AuditGrantChange), nil},
		{"everybody reads the audit trail", "GRANT SELECT ON {audit} TO PUBLIC", only(pgpolicy.AuditGrantPublic), nil},
		{"no trigger", trigger + "EXECUTE format('DROP TRIGGER %I ON {audit}', t); END $x$", only(pgpolicy.AuditTriggerMissing),
			only(pgpolicy.AuditTriggerMissing)},
		{"a trigger off", trigger + "EXECUTE format('ALTER TABLE {audit} DISABLE TRIGGER %I', t); END $x$", only(pgpolicy.AuditTriggerDisabled), nil},
		{"a trigger for most", trigger + "EXECUTE format('ALTER TABLE {audit} ENABLE TRIGGER %I', t); END $x$", only(pgpolicy.AuditTriggerDisabled), nil},
		{"a trigger of another", "CREATE FUNCTION public.x() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; " +
			"ALTER FUNCTION public.x() OWNER TO {r}; CREATE TRIGGER x BEFORE INSERT ON {audit} FOR EACH ROW EXECUTE FUNCTION public.x()",
			only(pgpolicy.AuditTriggerCode), only(pgpolicy.AuditTriggerCode)},
		{"a rule", "CREATE RULE quiet AS ON INSERT TO {audit} DO INSTEAD NOTHING", only(pgpolicy.AuditRule), nil},
		{"unlogged", "ALTER TABLE {audit} SET UNLOGGED", only(pgpolicy.AuditUnlogged), nil},
	}
}

func wayBreakages() []breakage {
	const wrapper = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; "
	return []breakage{
		{"published", "CREATE PUBLICATION p FOR TABLE users, schema_migrations", only(pgpolicy.Publication), nil},
		{"all published", "CREATE PUBLICATION p FOR ALL TABLES", only(pgpolicy.Publication), nil},
		{"schema published", "CREATE PUBLICATION p FOR TABLES IN SCHEMA public", only(pgpolicy.Publication), nil},
		{"something else published", "CREATE PUBLICATION p FOR TABLE schema_migrations", only(), nil},
		{"subscribed", "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE); " +
			"INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) SELECT oid, 'users'::regclass, 'r' FROM pg_subscription WHERE subname = 's'; " +
			"UPDATE pg_subscription SET subenabled = true, subslotname = 's' WHERE subname = 's'", only(pgpolicy.Subscription), nil},
		{"a server", wrapper + "GRANT USAGE ON FOREIGN SERVER s TO {app}", only(pgpolicy.ForeignServerGrant), nil},
		{"a wrapper", wrapper + "GRANT USAGE ON FOREIGN DATA WRAPPER w TO PUBLIC", only(pgpolicy.ForeignWrapperGrant), nil},
		{"an account", wrapper + "CREATE USER MAPPING FOR PUBLIC SERVER s; CREATE USER MAPPING FOR {app} SERVER s", only(pgpolicy.UserMapping), nil},
		{"a foreign table", wrapper + "CREATE FOREIGN TABLE public.x (a int) SERVER s; GRANT SELECT ON public.x TO {app}", only(pgpolicy.TableUncovered), nil},
		{"a large object", "SELECT lo_create(4242); GRANT SELECT ON LARGE OBJECT 4242 TO PUBLIC", only(pgpolicy.LargeObjectGrant), nil},
		{"an event trigger", "CREATE FUNCTION public.x() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER FUNCTION public.x() OWNER TO {r}; " +
			"CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION public.x()", only(pgpolicy.EventTriggerCode), nil},
	}
}

// odd is a manifest of partitions, odd names, generated columns and owners that are numbers and uuids.
func odd() (c pgpolicy.Config, ddl string) {
	c.Manifest = governance.Manifest{
		Roles: []string{"r", `odd "role"`},
		Classes: []governance.Class{
			{Category: "odd category", Personal: true}, {Category: "c'1", Personal: true}, {Category: "plain"},
		},
		Datasets: []governance.Dataset{
			{Store: governance.PostgreSQL, Name: `Odd "table"`, Category: "odd category", Subject: "Owner's id",
				Fields: []governance.Field{{Name: "日本", Category: "c'1"}}},
			{Store: governance.PostgreSQL, Name: "events", Category: "c'1", Subject: "person"},
			{Store: governance.PostgreSQL, Name: "select", Category: "plain"},
			{Store: "elsewhere", Name: "nodes", Category: "plain"},
		},
		Rules: []governance.Rule{
			{Roles: []string{"r"}, Categories: []governance.Category{"odd category", "c'1", "plain"}, Actions: governance.Actions()},
			{Roles: []string{`odd "role"`}, Categories: []governance.Category{"odd category", "c'1"},
				Actions: []governance.Action{governance.Read}, Own: true, Mask: []string{"日本"}},
		},
	}
	c.Schema, c.TableSchema = "Rules & views", "the data"
	c.Tables = map[string]pgx.Identifier{"events": {"part", "Events"}}
	return c, `CREATE SCHEMA "the data"; CREATE SCHEMA part;
		CREATE TABLE "the data"."Odd ""table""" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Owner's id" uuid, "日本" text,
			twice int GENERATED ALWAYS AS (length("日本") * 2) STORED);
		CREATE TABLE part."Events" (id bigserial, person bigint NOT NULL, at date NOT NULL, "order" int, PRIMARY KEY (id, at))
			PARTITION BY RANGE (at);
		CREATE TABLE part.e1 PARTITION OF part."Events" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
		CREATE TABLE part.e2 PARTITION OF part."Events" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY HASH (id);
		CREATE TABLE part."e2 0" PARTITION OF part.e2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
		CREATE TABLE "the data"."select" ("from" text, "where" text[])`
}

func oddBreakages() []breakage {
	return []breakage{
		{"a new partition", `CREATE TABLE part.e3 PARTITION OF part."Events" DEFAULT; ALTER TABLE part.e3 OWNER TO {owner}`,
			only(pgpolicy.PartitionRowSecurityOff, pgpolicy.PartitionUnforced), nil},
		{"a new partition elsewhere", `CREATE SCHEMA z; CREATE TABLE z."e 3" PARTITION OF part."Events" DEFAULT; GRANT SELECT ON z."e 3" TO {app}`,
			only(pgpolicy.PartitionRowSecurityOff, pgpolicy.PartitionUnforced, pgpolicy.PartitionOwner, pgpolicy.PartitionGrant), nil},
		{"a partition below another", `ALTER TABLE part."e2 0" DISABLE ROW LEVEL SECURITY`, only(pgpolicy.PartitionRowSecurityOff), nil},
		{"a partition unforced", "ALTER TABLE part.e1 NO FORCE ROW LEVEL SECURITY", only(pgpolicy.PartitionUnforced), nil},
		{"a column of a partition", "GRANT SELECT (person) ON part.e1 TO {app}", only(pgpolicy.PartitionGrant), nil},
		{"a partition's policy", "CREATE POLICY p ON part.e1 USING (true)", only(pgpolicy.PartitionPolicy), nil},
		{"a partition's owner", "ALTER TABLE part.e1 OWNER TO {r}", only(pgpolicy.PartitionOwner), nil},
		{"application owns a partition", "ALTER TABLE part.e1 OWNER TO {app}", only(pgpolicy.TableOwnedByApplication), nil},
		{"a foreign partition", `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; ALTER TABLE part."Events" ` +
			`DROP CONSTRAINT "Events_pkey"; CREATE FOREIGN TABLE part.f PARTITION OF part."Events" DEFAULT SERVER s; ` +
			"ALTER FOREIGN TABLE part.f OWNER TO {owner}", only(pgpolicy.PartitionForeign), only(pgpolicy.PartitionForeign)},
		{"a rule of a partition", "CREATE RULE quiet AS ON DELETE TO part.e1 DO INSTEAD NOTHING", only(pgpolicy.TableRule), nil},
		{"a published partition", `CREATE PUBLICATION p FOR TABLE part."Events"`, only(pgpolicy.Publication), nil},
		{"a sequence's USAGE", `REVOKE USAGE ON SEQUENCE part."Events_id_seq" FROM {app}`, only(pgpolicy.SequenceGrantMissing), nil},
		{"a sequence that is set", `GRANT UPDATE ON SEQUENCE part."Events_id_seq" TO {app}; GRANT SELECT ON SEQUENCE part."Events_id_seq" TO PUBLIC`,
			only(pgpolicy.SequenceUncovered), nil},
		{"application owns a table and its sequence", `ALTER TABLE part."Events" OWNER TO {app}`, only(pgpolicy.TableOwnedByApplication), nil},
		{"odd names", `GRANT SELECT ("日本"), UPDATE ("Owner's id") ON "the data"."Odd ""table""" TO {r}; COMMENT ON COLUMN ` +
			`"the data"."Odd ""table"""."日本" IS 'x''y\'; ALTER POLICY shugo_select ON "the data"."Odd ""table""" USING ("日本" = 'it''s')`,
			only(pgpolicy.ColumnGrantOther, pgpolicy.ColumnComment, pgpolicy.PolicyUsing), nil},
		{"a generated column is written", `GRANT UPDATE (twice) ON "the data"."Odd ""table""" TO {app}`, only(pgpolicy.ColumnGrantExcess), nil},
		{"everything", `DROP SCHEMA "Rules & views" CASCADE; REVOKE ALL ON ALL TABLES IN SCHEMA "the data" FROM {app}; ` +
			"REVOKE USAGE ON SCHEMA part FROM {app}", only(pgpolicy.SchemaMissing, pgpolicy.FunctionMissing, pgpolicy.ViewMissing,
			pgpolicy.PolicyMissing, pgpolicy.PolicyFloorMissing, pgpolicy.ColumnGrantMissing, pgpolicy.TableGrantMissing,
			pgpolicy.SchemaUsageMissing), nil},
	}
}

// strict is a manifest that names every column but one.
func strict() (c pgpolicy.Config, ddl string) {
	c.Strict = true
	c.Manifest = governance.Manifest{
		Classes: []governance.Class{{Category: "c", Personal: true}},
		Datasets: []governance.Dataset{{Store: governance.PostgreSQL, Name: "notes", Category: "c", Subject: "author",
			Fields: []governance.Field{{Name: "id"}, {Name: "body"}}}},
		Rules: []governance.Rule{{Roles: []string{"r"}, Categories: []governance.Category{"c"}, Actions: governance.Actions(), Own: true}},
	}
	return c, "CREATE TABLE notes (id int PRIMARY KEY, author text, body text, unnamed text)"
}

func strictBreakages() []breakage {
	return []breakage{
		{"a column without category", "GRANT SELECT (unnamed) ON notes TO {app}", only(pgpolicy.ColumnUncovered), nil},
		{"a new column without category", "ALTER TABLE notes ADD more text", only(), nil},
		{"a column without category for another", "GRANT SELECT (unnamed) ON notes TO {r}", only(pgpolicy.ColumnGrantOther), nil},
	}
}
