package backuptest

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/backup"
)

// TestTarget checks the contract of backup.BackupTarget with a subtest for each of its sentences. Each subtest calls open
// for an empty target of its own. That an object survives a loss of power is not checked.
func TestTarget(t *testing.T, open func(t testing.TB) backup.BackupTarget) {
	t.Helper()
	test(t, targetChecks(), open)
}

// CheckTarget runs the checks of TestTarget one after the other and returns nil, or Violations. It calls open for each.
func CheckTarget(ctx context.Context, open func() (backup.BackupTarget, error)) error {
	return collect(ctx, targetChecks(), open)
}

func targetChecks() []check[backup.BackupTarget] {
	return []check[backup.BackupTarget]{
		{"Names", targetNames},
		{"BadNames", targetBadNames},
		{"NotFound", targetNotFound},
		{"Whole", targetWhole},
		{"Large", targetLarge},
		{"Ranges", targetRanges},
		{"NegativeOffset", targetNegativeOffset},
		{"FirstStays", targetFirstStays},
		{"OneWins", targetOneWins},
		{"Concurrent", targetConcurrent},
		{"DataNotKept", targetDataNotKept},
		{"DataNotShared", targetDataNotShared},
		{"ListOrder", targetListOrder},
		{"ListPrefixes", targetListPrefixes},
		{"ListFacts", targetListFacts},
		{"ListMany", targetListMany},
		{"ListEnds", targetListEnds},
		{"Delete", targetDelete},
		{"Retain", targetRetain},
		{"Capabilities", targetCapabilities},
		{"EndedContext", targetEndedContext},
	}
}
