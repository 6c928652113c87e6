package servers

import (
	"context"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// suites are what is asked of the tutor's tables: of conversations, what any tutor asks; of messages also what is asked before each is
// written; of the other tables, what schema and manifest suggest.
func (a *auditor) suites(ctx context.Context, assessor *pgquality.Assessor) ([]quality.Suite, error) {
	schema := a.database.schemas.tables
	suites := pgquality.Conversation{
		Schema: schema, UserSince: "joined", SessionEnd: pgquality.None, SessionCount: pgquality.None,
		MessageOrder: pgquality.None, MessageHash: pgquality.None, MessageModel: pgquality.None, MessageTime: "sent_at",
	}.Suites()
	messages := &suites[2]
	for _, check := range day.MessageChecks() {
		if !slices.ContainsFunc(messages.Checks, func(c quality.Check) bool { return c.ID() == check.ID() }) {
			messages.Checks = append(messages.Checks, check)
		}
	}
	for _, dataset := range day.Manifest().Datasets {
		if dataset.Store != governance.PostgreSQL || slices.ContainsFunc(suites, func(s quality.Suite) bool { return s.Dataset == dataset.Name }) {
			continue
		}
		suggested, err := assessor.Suggest(ctx, dataset, schema)
		if err != nil {
			return nil, err
		}
		suites = append(suites, suggested.Suite())
	}
	return suites, nil
}

// assess implements day.Place.Assess.
func (a *auditor) assess(ctx context.Context) ([]quality.Report, error) {
	tables, err := a.assessTables(ctx)
	if err != nil {
		return nil, err
	}
	graph, err := a.assessGraph(ctx)
	return append(tables, graph...), err
}

// assessTables reports how good the tables are.
func (a *auditor) assessTables(ctx context.Context) ([]quality.Report, error) {
	assessor, err := pgquality.New(pgquality.Config{Database: a.database.admin})
	if err != nil {
		return nil, err
	}
	suites, err := a.suites(ctx, assessor)
	if err != nil {
		return nil, err
	}
	var reports []quality.Report
	for _, suite := range suites {
		report, err := assessor.Assess(ctx, suite)
		if err != nil {
			return nil, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// The defects that are planted, and what takes them away again.
const (
	plantBlank = `UPDATE {tables}.conversation_messages SET content = E'\u3000' WHERE id = $1 RETURNING id`
	plantZero  = `UPDATE {tables}.conversation_messages SET content_embedding = array_fill(0::real, ARRAY[1536])::vector WHERE id = $1 RETURNING id`
	plantEarly = `UPDATE {tables}.conversation_messages SET sent_at = sent_at - interval '10 years' WHERE id = $1 RETURNING id`
	keepRow    = `CREATE TEMPORARY TABLE kept AS SELECT * FROM {tables}.conversation_messages ORDER BY id LIMIT 1`
	keptID     = `SELECT id FROM kept`
	restoreRow = `UPDATE {tables}.conversation_messages m SET content = k.content, content_embedding = k.content_embedding, sent_at = k.sent_at
FROM kept k WHERE m.id = k.id`
	forgetRow = `DROP TABLE kept`
)

// planted plants defects in one message, assesses, and takes them away.
func (a *auditor) planted(ctx context.Context) (e day.Evidence, err error) {
	e.Claim = "defects that are planted in a table are found, and their rows named"
	conn, err := a.database.admin.Acquire(ctx)
	if err != nil {
		return e, err
	}
	defer conn.Release()
	sql := a.database.schemas.sql
	if _, err := conn.Exec(ctx, sql(keepRow)); err != nil {
		return e, err
	}
	defer func() {
		for _, s := range []string{restoreRow, forgetRow} {
			if _, failed := conn.Exec(context.WithoutCancel(ctx), sql(s)); err == nil {
				err = failed
			}
		}
	}()
	var id string
	if err := conn.QueryRow(ctx, keptID).Scan(&id); err != nil {
		return e, err
	}
	for _, s := range []string{plantBlank, plantZero, plantEarly} {
		if err := conn.QueryRow(ctx, sql(s), id).Scan(&id); err != nil {
			return e, err
		}
	}
	reports, err := a.assessTables(ctx)
	if err != nil {
		return e, err
	}
	want := []string{"not_empty(content)", "vector_non_zero(content_embedding)", "messages are not older than their session"}
	for _, r := range reports[2].Results {
		if r.Unexpected == 0 {
			continue
		}
		e.Found = append(e.Found, fmt.Sprintf("%s: %d of %d, %v", r.Check, r.Unexpected, r.Judged, r.Examples))
		if i := slices.Index(want, r.Check); i >= 0 && r.Unexpected == 1 {
			want = slices.Delete(want, i, i+1)
		}
	}
	e.Holds = len(want) == 0
	return e, nil
}
