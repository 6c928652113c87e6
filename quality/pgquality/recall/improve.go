package recall

import (
	"context"
	"maps"
	"slices"
	"strconv"
)

// settingNames are those of pgvector that a search depends on.
func settingNames() []string {
	return []string{"hnsw.ef_search", "hnsw.iterative_scan", "hnsw.max_scan_tuples", "ivfflat.iterative_scan", "ivfflat.max_probes", "ivfflat.probes"}
}

// remember applies the settings of the application, and keeps those that the session has then. Older versions of pgvector lack some.
func (m *measurement) remember(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(m.config.Settings)) {
		if err := m.set(ctx, name, m.config.Settings[name]); err != nil {
			return err
		}
	}
	m.settings = map[string]string{}
	for _, name := range settingNames() {
		var value *string
		if err := m.tx.QueryRow(ctx, "SELECT current_setting($1, true)", name).Scan(&value); err != nil {
			return err
		}
		if value != nil {
			m.settings[name] = *value
		}
	}
	return nil
}

func (m *measurement) set(ctx context.Context, name, value string) error {
	_, err := m.tx.Exec(ctx, "SELECT set_config($1, $2, true)", name, value)
	return err
}

// apply sets the settings of a way, and all others back.
func (m *measurement) apply(ctx context.Context, w Way) error {
	for _, name := range slices.Sorted(maps.Keys(m.settings)) {
		if err := m.set(ctx, name, or(w.Settings[name], m.settings[name])); err != nil {
			return err
		}
	}
	return nil
}

// tryOn is how many probes other ways are tried on at most; the advised one is measured on all.
const tryOn = 100

// improve tries other ways where the recall does not reach the threshold, and advises the fastest that does.
func (s *search) improve(ctx context.Context, f *Finding) error {
	target := max(s.config.Threshold.Warn, s.config.Threshold.Fail)
	if f.Current.Recall < target {
		if err := s.widen(ctx, f, target); err != nil {
			return err
		}
		if err := s.iterate(ctx, f, target); err != nil {
			return err
		}
	}
	for i := range f.Tried {
		if f.Tried[i].Recall < target {
			continue
		}
		if err := s.time(ctx, &f.Tried[i]); err != nil {
			return err
		}
	}
	return s.advise(ctx, f, target)
}

// advise measures the fastest way on all probes. One that does no longer reach the threshold gives way to the next.
func (s *search) advise(ctx context.Context, f *Finding, target float64) error {
	for {
		f.Advised = f.fastest(target)
		if f.Advised == nil || f.Advised.Exact || f.Advised.Probes == len(s.truths) {
			return nil
		}
		all, err := s.try(ctx, f.Advised.Way, len(s.truths))
		if err != nil {
			return err
		}
		all.Milliseconds, all.Blocks = f.Advised.Milliseconds, f.Advised.Blocks
		*f.Advised = all
	}
}

// bearable is how much longer than the current search, and how many milliseconds, an exact one may take to be advised where another way
// would be a better index.
const bearable, bearableMilliseconds = 20, 50

// fastest returns the fastest way that reaches the threshold, or nil when that is the current one or there is none.
func (f *Finding) fastest(target float64) *Trial {
	var best *Trial
	if f.Current.Recall >= target {
		best = &f.Current
	}
	for i := range f.Tried {
		if t := &f.Tried[i]; t.Recall >= target && (best == nil || t.Milliseconds < best.Milliseconds) {
			best = t
		}
	}
	exact := f.Exact.Milliseconds
	switch {
	case best == nil && exact > bearable*f.Current.Milliseconds && exact > bearableMilliseconds:
		return nil
	case best == nil || exact < best.Milliseconds:
		best = &f.Exact
	}
	if best == &f.Current {
		return nil
	}
	return best
}

// effort returns the setting that says how far the index is searched, and its greatest value.
func (s *search) effort(name string) (setting string, most int) {
	for _, i := range s.at.indexes {
		if i.Name == name && i.Method == "ivfflat" {
			return "ivfflat.probes", 1024
		}
	}
	return "hnsw.ef_search", 1000
}

// widen looks for the least effort that reaches the threshold: by doubling, and then by halving the gap while it is more than a tenth.
func (s *search) widen(ctx context.Context, f *Finding, target float64) error {
	setting, most := s.effort(f.Current.Index)
	low, err := strconv.Atoi(s.settings[setting])
	if err != nil {
		return err
	}
	reaches := func(effort int) (bool, error) {
		t, err := s.try(ctx, Way{Settings: map[string]string{setting: strconv.Itoa(effort)}}, min(tryOn, len(s.truths)))
		f.Tried = append(f.Tried, t)
		return t.Recall >= target, err
	}
	for high := min(2*low, most); high > low; high = min(2*high, most) {
		reached, err := reaches(high)
		if err != nil {
			return err
		}
		if !reached {
			low = high
			continue
		}
		for high-low > max(high/10, 1) {
			middle := (low + high) / 2
			if reached, err = reaches(middle); err != nil {
				return err
			}
			if reached {
				high = middle
			} else {
				low = middle
			}
		}
		return nil
	}
	return nil
}

// iterate tries scans that go on until there are k rows, which pgvector has since 0.8, with rising effort.
func (s *search) iterate(ctx context.Context, f *Finding, target float64) error {
	setting, most := s.effort(f.Current.Index)
	iterative, orders := "hnsw.iterative_scan", []string{"relaxed_order", "strict_order"}
	if setting == "ivfflat.probes" {
		iterative, orders = "ivfflat.iterative_scan", []string{"relaxed_order"}
	}
	if _, known := s.settings[iterative]; !known {
		return nil
	}
	base, err := strconv.Atoi(s.settings[setting])
	if err != nil {
		return err
	}
	for _, order := range orders {
		for _, factor := range []int{1, 2, 5} {
			w := Way{Settings: map[string]string{iterative: order}}
			if factor > 1 {
				w.Settings[setting] = strconv.Itoa(min(base*factor, most))
			}
			t, err := s.try(ctx, w, min(tryOn, len(s.truths)))
			if err != nil {
				return err
			}
			f.Tried = append(f.Tried, t)
			if t.Recall >= target {
				break
			}
		}
	}
	return nil
}
