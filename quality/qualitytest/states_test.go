package qualitytest_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/shugo-data/shugo/quality/qualitytest"
)

// memory keeps states as it should, but for what a test spoils.
type memory struct {
	mutex  sync.Mutex
	states map[string][]byte
	load   func(m *memory, name string) ([]byte, error)
	save   func(m *memory, name string, state []byte) error
}

func (m *memory) Load(_ context.Context, name string) ([]byte, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.load != nil {
		return m.load(m, name)
	}
	return append([]byte(nil), m.states[name]...), nil
}

func (m *memory) Save(_ context.Context, name string, state []byte) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.save != nil {
		return m.save(m, name, state)
	}
	m.states[name] = append([]byte(nil), state...)
	return nil
}

func TestStatesAccepts(t *testing.T) {
	t.Parallel()
	qualitytest.TestStates(t, func(*testing.T) qualitytest.States { return &memory{states: map[string][]byte{}} })
}

// TestStatesRejects expects each spoiled implementation to be rejected by the check that is for it.
func TestStatesRejects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check string
		spoil *memory
	}{
		"empty instead of nil": {"nothing is nil", &memory{load: func(m *memory, name string) ([]byte, error) { return append([]byte{}, m.states[name]...), nil }}},
		"an error for nothing": {"nothing is nil", &memory{load: func(m *memory, name string) ([]byte, error) {
			if m.states[name] == nil {
				return nil, errors.New("no such state")
			}
			return append([]byte(nil), m.states[name]...), nil
		}}},
		"the first state": {"the last state is loaded", &memory{save: func(m *memory, name string, state []byte) error {
			if m.states[name] == nil {
				m.states[name] = append([]byte(nil), state...)
			}
			return nil
		}}},
		"forgetful": {"the last state is loaded", &memory{save: func(*memory, string, []byte) error { return nil }}},
		"one name": {"names are apart", &memory{load: func(m *memory, name string) ([]byte, error) { return append([]byte(nil), m.states[name[:1]]...), nil }, save: func(m *memory, name string, state []byte) error {
			m.states[name[:1]] = append([]byte(nil), state...)
			return nil
		}}},
		"cut off": {"any bytes are kept", &memory{save: func(m *memory, name string, state []byte) error {
			m.states[name] = append([]byte(nil), state[:min(len(state), 1<<16)]...)
			return nil
		}}},
		"keeps the caller's memory": {"a state belongs to the caller", &memory{save: func(m *memory, name string, state []byte) error { m.states[name] = state; return nil }}},
		"gives its memory away":     {"a state belongs to the caller", &memory{load: func(m *memory, name string) ([]byte, error) { return m.states[name], nil }}},
		"panics":                    {"names are apart", &memory{save: func(*memory, string, []byte) error { panic("out of order") }}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := qualitytest.CheckStates(t.Context(), func() qualitytest.States {
				return &memory{states: map[string][]byte{}, load: test.spoil.load, save: test.spoil.save}
			})
			var found qualitytest.Violations
			if !errors.As(err, &found) {
				t.Fatalf("accepted: %v", err)
			}
			for _, v := range found {
				if v.Check == test.check {
					return
				}
			}
			t.Errorf("not rejected by %q: %v", test.check, found)
		})
	}
}
