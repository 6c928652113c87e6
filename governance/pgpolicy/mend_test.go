package pgpolicy_test

import (
	"testing"

	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// TestPlanMends: whatever somebody has changed about what a plan makes, the next plan sees, and undoes.
func TestPlanMends(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id int PRIMARY KEY, owner text, body text)", standingTable)
	c := pgpolicy.Config{Manifest: notes(), Standing: tutor().Standing}
	c.Masks = map[string]map[string]string{"notes": {"body": "hidden"}}
	c.Manifest.Rules[0].Mask = []string{"body"}
	policy := p.apply(t, c)
	app := quote(p.app)
	for name, sql := range map[string]string{
		"row security":         "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
		"force":                "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY",
		"policy":               "DROP POLICY shugo_select ON notes",
		"condition":            "ALTER POLICY shugo_select ON notes USING (true)",
		"check":                "ALTER POLICY shugo_insert ON notes WITH CHECK (true)",
		"roles of a policy":    "ALTER POLICY shugo_view ON notes TO PUBLIC",
		"floor":                "DROP POLICY shugo_floor ON notes; CREATE POLICY shugo_floor ON notes USING (true)",
		"owner of the table":   "ALTER TABLE notes OWNER TO CURRENT_USER",
		"grant of the table":   "GRANT TRUNCATE ON notes TO " + app,
		"grant to everybody":   "GRANT SELECT (body) ON notes TO PUBLIC",
		"no grant":             "REVOKE ALL ON notes FROM " + app,
		"index":                "DROP INDEX notes_owner_shugo",
		"comment":              "COMMENT ON COLUMN notes.body IS 'category: public'",
		"table's comment":      "COMMENT ON TABLE notes IS NULL",
		"body of a function":   "CREATE OR REPLACE FUNCTION governed.caller() RETURNS text LANGUAGE sql STABLE AS $$SELECT 'ann'$$",
		"rights of a function": "ALTER FUNCTION governed.caller() SECURITY DEFINER",
		"path of a function":   "ALTER FUNCTION governed.barred() RESET search_path",
		"volatility":           "ALTER FUNCTION governed.notes_own(text) VOLATILE",
		"owner of a function":  "ALTER FUNCTION governed.barred() OWNER TO CURRENT_USER",
		"everybody executes":   "GRANT EXECUTE ON FUNCTION governed.held(text) TO PUBLIC",
		"nobody executes":      "REVOKE EXECUTE ON FUNCTION governed.notes_own(text) FROM " + app,
		"function's comment":   "COMMENT ON FUNCTION governed.caller() IS 'x'",
		"view":                 "CREATE OR REPLACE VIEW governed.notes WITH (security_barrier) AS SELECT id, owner, body FROM notes",
		"barrier":              "ALTER VIEW governed.notes RESET (security_barrier)",
		"invoker":              "ALTER VIEW governed.notes SET (security_barrier = false)",
		"no view":              "DROP VIEW governed.notes",
		"owner of the view":    "ALTER VIEW governed.notes OWNER TO CURRENT_USER",
		"view for everybody":   "GRANT SELECT ON governed.notes TO PUBLIC",
		"writing to the view":  "GRANT INSERT ON governed.notes TO " + app,
		"view's comment":       "COMMENT ON VIEW governed.notes IS NULL",
		"owner of the schema":  "ALTER SCHEMA governed OWNER TO CURRENT_USER",
		"schema for all":       "GRANT CREATE ON SCHEMA governed TO PUBLIC",
		"schema for nobody":    "REVOKE USAGE ON SCHEMA governed FROM " + app,
		"tables' schema":       "GRANT CREATE ON SCHEMA public TO PUBLIC",
	} {
		p.exec(t, sql)
		plan, err := policy.Apply(t.Context(), p.admin)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := len(plan.Statements); n == 0 || n > 12 {
			t.Errorf("%s: %d statements\n%s", name, n, plan)
		}
		again, err := policy.Plan(t.Context(), p.admin)
		if err != nil || len(again.Statements) != 0 {
			t.Errorf("%s: the plan did not mend it: %v\n%s", name, err, again)
		}
	}
}
