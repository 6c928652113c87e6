package journal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Follows returns an error of the class backup.ErrUnreachable unless a mark, which was taken at a cut, is in the past of this
// view: only then is what changed since the mark all that is different.
//
// Where the view is of the cluster of the cut, or of one that was restored from its files, and it is on a later timeline, the
// history of that is read, for which the role needs the right to execute pg_read_file. Of another cluster, to which the journal
// was copied, it is only known that it is not older than the mark if its versions are not.
func (v *View) Follows(ctx context.Context, m Mark, cut backup.Cut) error {
	unreachable := func(format string, values ...any) error {
		return fmt.Errorf("journal: %s: %w", fmt.Sprintf(format, values...), backup.ErrUnreachable)
	}
	switch {
	case v.Lineage != m.Lineage:
		return unreachable("it goes its own way since it was adopted, and the mark is of another way")
	case v.Version < m.Version:
		return unreachable("its last version is %d, and that of the mark %d", v.Version, m.Version)
	case v.Cut.System != cut.System:
		return nil
	}
	end := v.Cut.LSN
	if v.Cut.Timeline != cut.Timeline {
		var err error
		if end, err = v.left(ctx, cut.Timeline); err != nil {
			return err
		}
	}
	if cut.LSN > end {
		return unreachable("position %s of timeline %d, where the mark was taken, is not in the past of the database, which left that at %s", cut.LSN, cut.Timeline, end)
	}
	return nil
}

// left returns where the database left a timeline; 0: it was never on it.
func (v *View) left(ctx context.Context, timeline uint32) (backup.LSN, error) {
	const history = `SELECT coalesce(pg_read_file('pg_wal/' || $1, 0, 1 << 20, true), '')`
	var text string
	if err := v.tx.QueryRow(ctx, history, fmt.Sprintf("%08X.history", v.Cut.Timeline)).Scan(&text); err != nil {
		return 0, pgerror.Wrap("journal: history of the timelines", err)
	}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		if number, err := strconv.ParseUint(fields[0], 10, 32); err == nil && uint32(number) == timeline {
			return backup.ParseLSN(fields[1])
		}
	}
	return 0, nil
}
