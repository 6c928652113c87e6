package pgsample

import (
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
)

// Request is what to draw: some pages of one table, and what to count on them.
type Request struct {
	Table pgx.Identifier // with its schema, or found by the search path

	// Defects are boolean SQL expressions about one row of the table, in which a column has its bare name, or its table's name
	// before it. Rows are counted for which one is true: neither false nor null. They are written into the statement as they
	// are, so they must come from the program, with all values in Args.
	Defects []string
	// Args are the values of $1, $2 and so on in all of Defects; each must be used.
	Args []any

	Pages    int64   // how many pages, at most all of the table; or
	Fraction float64 // the part of the table's pages, above 0 and at most 1: one page at least

	Seed uint64 // the same seed chooses the same pages, of a table with as many pages
}

// check returns all that is wrong with the request.
func (r Request) check() error {
	var errs []error
	if len(r.Table) == 0 {
		errs = append(errs, errors.New("pgsample: Request.Table is empty: want the name of a table"))
	}
	if len(r.Defects) == 0 {
		errs = append(errs, errors.New("pgsample: Request.Defects is empty: want at least one expression"))
	}
	for i, d := range r.Defects {
		if d == "" {
			errs = append(errs, fmt.Errorf("pgsample: Request.Defects[%d] is empty: want a boolean expression", i))
		}
	}
	pages, fraction := r.Pages != 0, r.Fraction != 0
	if pages == fraction || pages && r.Pages < 0 || fraction && !(r.Fraction > 0 && r.Fraction <= 1) {
		errs = append(errs, fmt.Errorf("pgsample: Request.Pages is %d and Request.Fraction %v: want either a number of pages above 0 "+
			"or a fraction above 0 and at most 1", r.Pages, r.Fraction))
	}
	return errors.Join(errs...)
}

// of is how many of a table's pages the request wants.
func (r Request) of(tablePages int64) int64 {
	if r.Pages > 0 {
		return min(r.Pages, tablePages)
	}
	return min(int64(math.Ceil(r.Fraction*float64(tablePages))), tablePages)
}
