package pgquality

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// Vectors says which vectors of a table are sampled.
type Vectors struct {
	Schema string // of the table; empty: where the search path finds it
	Table  string // table, view or materialized view
	Column string // of type vector or halfvec

	Where string // condition on the columns of the table, in SQL, with parameters $1, $2, ...; empty: all rows
	Args  []any  // values of the parameters

	Most  int           // vectors in the sample; at least 1
	Seed  uint64        // the same seed, condition and rows give the same sample
	Limit time.Duration // for the statement; 0: five minutes; negative: none
}

// SampleVectors returns a uniform sample without replacement of the vectors that are not NULL, as many as asked for or all if there
// are fewer, in the order of the draw. It is what a test for drift compares (quality/drift): two samples with different conditions, such
// as last month's rows and this week's.
//
// A first statement counts the rows and a second one reads those that were drawn, both in one snapshot; rows are numbered in the order of the
// table's storage, so that a sample repeats as long as the table is not written to or rewritten. The condition is the host's own text: it must never come
// from a user. Errors are those of [Assessor.Assess].
func SampleVectors(ctx context.Context, database Beginner, from Vectors) ([][]float32, error) {
	if err := from.validate(); err != nil {
		return nil, err
	}
	tx, err := database.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, stripped(ctx, "beginning the snapshot", err)
	}
	defer func() {
		done, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(done) // nothing was written
	}()
	sample, err := from.sample(ctx, tx)
	return sample, stripped(ctx, "sampling vectors", err)
}

func (v Vectors) validate() error {
	var faults []error
	if v.Table == "" || v.Column == "" {
		faults = append(faults, errors.New("pgquality: Vectors names no table or no column"))
	}
	if v.Most < 1 {
		faults = append(faults, fmt.Errorf("pgquality: Vectors.Most is %d: expected at least 1", v.Most))
	}
	return errors.Join(faults...)
}

// settingsSQL keeps the rows in one order: scans of several sessions over one table otherwise start where another is.
const settingsSQL = `SELECT set_config('statement_timeout', $1, true), set_config('synchronize_seqscans', 'off', true),
  set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)`

// The rows are numbered as they are stored; only those that were drawn have their vectors read. %[1]s is the vector, %[2]s the table,
// %[3]s the condition, %[4]s the numbers that were drawn.
const (
	countVectorsSQL  = `SELECT count(*) FROM %[2]s WHERE %[3]s`
	sampleVectorsSQL = `SELECT n, vector_send(v::vector)
FROM (SELECT %[1]s AS v, row_number() OVER () AS n FROM %[2]s WHERE %[3]s) numbered WHERE n = ANY (%[4]s)`
)

// sample counts, draws and reads.
func (v Vectors) sample(ctx context.Context, tx pgx.Tx) ([][]float32, error) {
	if _, err := tx.Exec(ctx, settingsSQL, milliseconds(or(v.Limit, 5*time.Minute))); err != nil {
		return nil, err
	}
	table := pgx.Identifier{v.Table}
	if v.Schema != "" {
		table = pgx.Identifier{v.Schema, v.Table}
	}
	where := notNull([]string{v.Column})
	if v.Where != "" {
		where += " AND (" + v.Where + ")"
	}
	args := arguments{values: v.Args[:len(v.Args):len(v.Args)]}
	var rows int64
	err := tx.QueryRow(ctx, fmt.Sprintf(countVectorsSQL, quoted(v.Column), table.Sanitize(), where), v.Args...).Scan(&rows)
	if err != nil || rows == 0 {
		return nil, err
	}
	numbers := drawn(rows, v.Most, v.Seed)
	sql := fmt.Sprintf(sampleVectorsSQL, quoted(v.Column), table.Sanitize(), where, args.add(numbers, "int8[]"))
	place := make(map[int64]int, len(numbers))
	for i, n := range numbers {
		place[n] = i
	}
	out := make([][]float32, len(numbers))
	found, err := tx.Query(ctx, sql, args.values...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var n int64
		var b []byte
		if err := found.Scan(&n, &b); err != nil {
			return nil, err
		}
		if out[place[n]], err = decode(b); err != nil {
			return nil, err
		}
	}
	return out, found.Err()
}

// drawn draws different numbers from 1 to n, each set of them as likely as any other, by R. Floyd's algorithm (Bentley and Floyd, "A
// Sample of Brilliance", 1987), and shuffles them.
func drawn(n int64, most int, seed uint64) []int64 {
	r := rand.New(rand.NewPCG(seed, 0x5eed))
	taken := make(map[int64]bool, most)
	var numbers []int64
	for j := n - min(n, int64(most)) + 1; j <= n; j++ {
		number := r.Int64N(j) + 1
		if taken[number] {
			number = j
		}
		taken[number] = true
		numbers = append(numbers, number)
	}
	r.Shuffle(len(numbers), func(a, b int) { numbers[a], numbers[b] = numbers[b], numbers[a] })
	return numbers
}
