package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/governance/pgseal"
)

// auditor checks at the end of the day what can be checked without trusting the program.
//
//shugo:ungoverned it goes around the guard on purpose, to show what is there to stop it, and writes nothing that stays
type auditor struct {
	database *database
	trail    *trail
	graph    *Graph
	learners []string

	signer note.Signer
	keys   note.Verifiers
	folder pgseal.Folder // a place outside the database
}

// prove implements day.Place.Prove.
func (a *auditor) prove(ctx context.Context) ([]day.Evidence, error) {
	dir, err := os.MkdirTemp("", "shugo-checkpoints-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	a.folder = pgseal.Folder(dir)
	if err := a.makeKey(); err != nil {
		return nil, err
	}
	var all []day.Evidence
	for _, check := range []func(context.Context) (day.Evidence, error){
		a.around, a.drifted, a.sealed, a.proven, a.tampered, a.graphs, a.planted, a.plantedInGraph,
	} {
		e, err := check(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// makeKey makes the key of the checkpoints. A real one is kept where the database's administrators cannot read it.
func (a *auditor) makeKey() error {
	private, public, err := note.GenerateKey(rand.Reader, "tutor.example/audit")
	if err != nil {
		return err
	}
	if a.signer, err = note.NewSigner(private); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(public)
	a.keys = note.VerifierList(verifier)
	return err
}

const countMessages = `SELECT count(*) FROM {tables}.conversation_messages WHERE $1 IN ('', user_id)`

// around queries the messages as the application does, but not through the guard.
func (a *auditor) around(ctx context.Context) (day.Evidence, error) {
	e := day.Evidence{Claim: "a query around the guard meets the same rules in PostgreSQL"}
	sql := a.database.schemas.sql(countMessages)
	var all, own int
	for n, whose := range map[*int]string{&all: "", &own: a.learners[0]} {
		if err := a.database.admin.QueryRow(ctx, sql, whose).Scan(n); err != nil {
			return e, err
		}
	}
	learner := governance.WithCaller(ctx, governance.Caller{ID: governance.Subject(a.learners[0]), Roles: []string{governance.RoleLearner}})
	nobody, err := a.count(ctx, sql, "")
	if err != nil {
		return e, err
	}
	theirs, err := a.count(learner, sql, "")
	if err != nil {
		return e, err
	}
	others, err := a.count(learner, sql, a.learners[1])
	e.Holds = nobody == 0 && theirs == own && others == 0 && all > own
	e.Found = []string{
		fmt.Sprintf("the application's role, with nobody as the caller, reads %d of %d messages", nobody, all),
		fmt.Sprintf("with a learner as the caller it reads %d of them, which are the learner's own, and %d of another's", theirs, others),
	}
	return e, err
}

// count counts as the application, with the caller of ctx if there is one.
func (a *auditor) count(ctx context.Context, sql, whose string) (n int, err error) {
	var batch pgx.Batch
	if err := pgpolicy.Hand(ctx, &batch, governance.Read); err != nil && !errors.Is(err, pgpolicy.ErrNoCaller) {
		return 0, err
	}
	batch.Queue(sql, whose).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	return n, a.database.application.SendBatch(ctx, &batch).Close()
}

// widen opens a table to everybody, as somebody in a hurry might.
const widen = `GRANT SELECT ON {tables}.conversation_messages TO PUBLIC`

// drifted compares the database with the rules, opens a table, and repairs what is then reported.
func (a *auditor) drifted(ctx context.Context) (day.Evidence, error) {
	e := day.Evidence{Claim: "what PostgreSQL would do is what the manifest says, and a difference is named and repaired"}
	before, err := a.database.policy.Drift(ctx, a.database.admin)
	if err != nil {
		return e, err
	}
	if _, err := a.database.admin.Exec(ctx, a.database.schemas.sql(widen)); err != nil {
		return e, err
	}
	after, err := a.database.policy.Drift(ctx, a.database.admin)
	if err != nil {
		return e, err
	}
	for _, repair := range after.Repairs() {
		if _, err := a.database.admin.Exec(ctx, repair); err != nil {
			return e, err
		}
	}
	repaired, err := a.database.policy.Drift(ctx, a.database.admin)
	e.Holds = len(before.Differences) == 0 && len(after.Differences) > 0 && len(repaired.Differences) == 0
	e.Found = []string{fmt.Sprintf("%d differences before", len(before.Differences))}
	for _, d := range after.Differences {
		e.Found = append(e.Found, fmt.Sprintf("after a GRANT to PUBLIC: %s, %s", d.Kind, d.Severity))
	}
	e.Found = append(e.Found, fmt.Sprintf("%d differences after the repair", len(repaired.Differences)))
	return e, err
}

// sealed seals the day, and verifies it with the key and the checkpoint that went outside.
func (a *auditor) sealed(ctx context.Context) (day.Evidence, error) {
	e := day.Evidence{Claim: "the audit trail is sealed, and whole"}
	sealer, err := pgseal.New(pgseal.Config{
		Pool: a.database.admin, Schema: a.database.schemas.audit, Origin: "tutor.example/audit", Signers: []note.Signer{a.signer},
		Publishers: []pgseal.Publisher{a.folder},
	})
	if err != nil {
		return e, err
	}
	for lag := (pgseal.Lag{Records: 1}); lag.Records > 0; { // a transaction elsewhere on the server holds it back for a moment
		if _, err := sealer.Seal(ctx); err != nil {
			return e, err
		}
		if lag, err = sealer.Lag(ctx); err != nil {
			return e, err
		}
	}
	r, err := a.verify(ctx, a.database.admin)
	e.Holds = err == nil && r.Passed() && r.Unsealed == 0 && r.Outside > 0
	e.Found = []string{fmt.Sprintf("%d records verified under a checkpoint kept outside the database, %d findings", r.Records, r.Found)}
	return e, err
}

func (a *auditor) verify(ctx context.Context, db pgseal.Querier) (pgseal.Report, error) {
	outside, err := a.folder.Checkpoints(a.keys)
	if err != nil {
		return pgseal.Report{}, err
	}
	return pgseal.Verify(ctx, db, pgseal.VerifyConfig{Schema: a.database.schemas.audit, Keys: a.keys, Trusted: outside})
}

// proven proves one record to somebody who has the public key and nothing else.
func (a *auditor) proven(ctx context.Context) (day.Evidence, error) {
	e := day.Evidence{Claim: "one record proves itself to who has only the public key"}
	found, err := a.trail.Find(ctx, day.Query{Action: governance.Create, Kind: governance.Effect})
	if err != nil || len(found) == 0 {
		return e, err
	}
	p, err := pgseal.Prove(ctx, a.database.admin, a.database.schemas.audit, found[0].ID, found[0].Kind)
	if err != nil {
		return e, err
	}
	e.Holds = p.Verify(a.keys) == nil
	e.Found = []string{fmt.Sprintf("%s of %s: leaf of %d bytes, %d hashes to a signed root", found[0].Kind, found[0].Operation, len(p.Leaf), len(p.Hashes))}
	return e, nil
}

// changeRecord makes the effect of an export look like that of a read.
const changeRecord = `
	UPDATE {audit}.audit_record SET leaf = overlay(leaf PLACING '\x0472656164'::bytea || substring(leaf FROM position('\x066578706f7274'::bytea IN leaf) + 7)
		FROM position('\x066578706f7274'::bytea IN leaf))
	WHERE position('\x066578706f7274'::bytea IN leaf) > 0 AND position('\x06656666656374'::bytea IN leaf) > 0`

// tampered changes a record as a superuser can, verifies what is there then, and takes the change back.
func (a *auditor) tampered(ctx context.Context) (day.Evidence, error) {
	e := day.Evidence{Claim: "a record that is tampered with is found"}
	err := pgx.BeginFunc(ctx, a.database.admin, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, a.database.schemas.sql(changeRecord))
		if err == nil {
			return errors.New("the trail let a record be changed")
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return e, err
	}
	err = pgx.BeginFunc(ctx, a.database.admin, func(tx pgx.Tx) error {
		for _, sql := range []string{`ALTER TABLE {audit}.audit_record DISABLE TRIGGER ALL`, changeRecord} {
			if _, err := tx.Exec(ctx, a.database.schemas.sql(sql)); err != nil {
				return err
			}
		}
		r, err := a.verify(ctx, tx)
		if err != nil {
			return err
		}
		e.Holds = !r.Passed() && r.Found > 0
		e.Found = append(e.Found, "the trail itself refuses the change; with its triggers off, verification says:")
		if len(r.Findings) > 0 {
			last := r.Findings[len(r.Findings)-1]
			for _, f := range r.Findings {
				if f.Kind == pgseal.Changed {
					last = f
				}
			}
			e.Found = append(e.Found, fmt.Sprintf("%s: %s", last.Kind, last.Detail))
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return e, err
}

var errUndo = errors.New("undone on purpose")

// graphs compares the graph with the manifest, and says what its server enforces: nothing, on the Community edition.
func (a *auditor) graphs(ctx context.Context) (day.Evidence, error) {
	e := day.Evidence{Claim: "the graph holds what the manifest declares, and what Neo4j itself enforces is said, not assumed"}
	policy, err := graphPolicy()
	if err != nil {
		return e, err
	}
	r, err := policy.Drift(ctx, a.graph.driver)
	e.Holds = r.Clean()
	e.Found = []string{fmt.Sprintf("%d differences", len(r.Differences)), r.Enforcement.String()}
	return e, err
}

// graphPolicy holds the graph against the manifest. The server may hold labels of others, which are of no interest here.
func graphPolicy() (*neopolicy.Policy, error) {
	return neopolicy.New(neopolicy.Config{Manifest: day.Manifest(), Within: []string{"Kanji", "Word", "Reading", "GrammarPoint", "Lesson", "Explanation"}})
}
