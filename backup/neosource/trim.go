package neosource

import (
	"context"
	"errors"
	"slices"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
)

// Trim removes from the journal what no snapshot of the source in a repository needs, and returns how many images it removed. Call
// it after a Prune, which gives snapshots up: what is older than the oldest that is kept can then no longer be restored.
func (s *Source) Trim(ctx context.Context, in backup.Repository) (int64, error) {
	if s.config.Journal == nil {
		return 0, errors.New("neosource: trim: no Journal")
	}
	oldest, err := s.oldest(ctx, in)
	if err != nil {
		return 0, err
	}
	return s.config.Journal.History().Trim(ctx, oldest)
}

// oldest returns the mark of the oldest snapshot of the course of history that the newest is of; none: the zero mark.
func (s *Source) oldest(ctx context.Context, in backup.Repository) (journal.Mark, error) {
	all, err := in.Snapshots(ctx)
	if err != nil {
		return journal.Mark{}, err
	}
	var oldest journal.Mark
	for _, snapshot := range slices.Backward(all) {
		if snapshot.Source != s.config.Name {
			continue
		}
		r, err := in.Open(ctx, snapshot.ID)
		if err != nil {
			return journal.Mark{}, err
		}
		a, err := readAbout(ctx, r)
		if err != nil {
			return journal.Mark{}, err
		}
		if a.Mark != nil && (oldest.Lineage == "" || a.Mark.Lineage == oldest.Lineage) {
			oldest = *a.Mark
		}
	}
	return oldest, nil
}
