package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// VerificationsLog is the name of the log in which a repository keeps what Verify found. The Start of an entry is the moment at
// which it finished, in nanoseconds since 1970, and its Data the JSON of the Verification.
const VerificationsLog = "verifications"

// Verify reads all that every place of every repository has, and mends what can be mended. It returns what was found, in the
// order of the first jobs of the repositories. An error is ErrCorrupt where something is damaged still.
func (r *Runner) Verify(ctx context.Context) ([]Verification, error) {
	var all []Verification
	var problems []error
	for _, jobs := range r.repositories() {
		v, err := r.verify(ctx, jobs[0])
		all = append(all, v)
		if err == nil && !v.Passed() {
			err = fmt.Errorf("backup: repository of %s: %d objects are damaged or missing: %w", jobs[0].name, v.unmended(), ErrCorrupt)
		}
		if err != nil {
			problems = append(problems, err)
		}
	}
	return all, errors.Join(problems...)
}

// unmended counts what is damaged still.
func (v Verification) unmended() (n int) {
	for _, d := range v.Damaged {
		if d.harms() {
			n++
		}
	}
	return n
}

// verify verifies the repository of a job, and puts the outcome on record.
func (r *Runner) verify(ctx context.Context, j *job) (Verification, error) {
	finish := r.begin("verify repository of " + j.name)
	v, err := j.Repository.Verify(ctx)
	finish(v.Bytes)
	if err != nil {
		return v, fmt.Errorf("backup: verification of the repository of %s: %w", j.name, err)
	}
	if v.Finished.IsZero() {
		v.Finished = r.now()
	}
	text, err := json.Marshal(v)
	if err != nil {
		return v, fmt.Errorf("backup: verification: %w", err)
	}
	if len(text) > MaxChunk { // so much is damaged that the names of some must do
		short := v
		short.Damaged = short.Damaged[:min(len(short.Damaged), 1000)]
		if text, err = json.Marshal(short); err != nil {
			return v, fmt.Errorf("backup: verification: %w", err)
		}
	}
	at := uint64(max(0, v.Finished.UnixNano()))
	err = j.Repository.Log(VerificationsLog).Append(ctx, Entry{Start: at, End: at + 1, Time: v.Finished, Data: text})
	if err != nil {
		return v, fmt.Errorf("backup: verification of the repository of %s: %w", j.name, err)
	}
	return v, nil
}

// verified returns the last verification of a repository; the zero value: there was none.
func verified(ctx context.Context, repository Repository) (Verification, error) {
	logs, err := repository.Logs(ctx)
	if err != nil {
		return Verification{}, err
	}
	for _, l := range logs {
		if l.Name != VerificationsLog || l.Last == 0 {
			continue
		}
		for e, err := range repository.Log(VerificationsLog).Entries(ctx, l.Last-1) {
			if err != nil {
				return Verification{}, fmt.Errorf("backup: verifications: %w", err)
			}
			var v Verification
			if err := json.Unmarshal(e.Data, &v); err != nil {
				return Verification{}, fmt.Errorf("backup: the last verification is no JSON of one: %w", ErrCorrupt)
			}
			return v, nil
		}
	}
	return Verification{}, nil
}
