package governancetest_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/shugo-data/shugo/governance"
)

type (
	who     = governance.Subject
	purpose = governance.Purpose
	status  = governance.Standing
)

type standingFunc = func(*cards, who, purpose) (status, error)

// registerMutants are registers that somebody could have written.
func registerMutants() []mutant[*cards] {
	var all []mutant[*cards]
	add := func(name, killer string, spoil func(*cards)) {
		all = append(all, mutant[*cards]{name, killer, func() *cards {
			c := newCards()
			spoil(c)
			return c
		}})
	}
	answerMutants(func(name, killer string, answer standingFunc) {
		add(name, killer, func(c *cards) { c.answer = answer })
	})
	keyMutants(func(name, killer string, key func(governance.Subject, governance.Purpose) any) {
		add(name, killer, func(c *cards) { c.key = key })
	})
	timeMutants(add)
	return all
}

// answerMutants say what is not so.
func answerMutants(add func(name, killer string, answer standingFunc)) {
	add("everybody consents", "UnknownPerson", func(*cards, who, purpose) (status, error) {
		return governance.Standing{Consented: true}, nil
	})
	add("error about a stranger", "UnknownPerson", func(c *cards, s who, p purpose) (status, error) {
		if _, known := c.consents[c.key(s, p)]; !known {
			return governance.Standing{}, errors.New("no rows in result set")
		}
		return c.find(s, p)
	})
	add("nobody consents with the first", "Nobody", func(c *cards, s who, p purpose) (status, error) {
		if s == "" {
			return governance.Standing{Consented: len(c.consents) > 0}, nil
		}
		return c.find(s, p)
	})
	add("consent is never seen", "Consent", func(c *cards, s who, p purpose) (status, error) {
		found, err := c.find(s, p)
		found.Consented = false
		return found, err
	})
	add("no purpose means any", "NoPurpose", func(c *cards, s who, p purpose) (status, error) {
		found, err := c.find(s, p)
		if p == "" && s != "" {
			found.Consented = len(c.consents) > 0
		}
		return found, err
	})
	add("restriction ends consent", "Restriction", func(c *cards, s who, p purpose) (status, error) {
		found, err := c.find(s, p)
		found.Consented = found.Consented && !found.Restricted
		return found, err
	})
	add("no hold without consent", "Hold", func(c *cards, s who, p purpose) (status, error) {
		found, err := c.find(s, p)
		found.Held = found.Held && found.Consented
		return found, err
	})
	add("holds are for good", "Hold", func(c *cards, s who, p purpose) (status, error) {
		found, err := c.find(s, p)
		_, found.Held = c.held[s]
		return found, err
	})
}

// keyMutants mistake one person or purpose for another.
func keyMutants(add func(name, killer string, key func(governance.Subject, governance.Purpose) any)) {
	add("one consent for all purposes", "EachPurpose", func(s who, p purpose) any { return s })
	add("purposes in lower case", "EachPurpose", func(s who, p purpose) any {
		return [2]any{s, strings.ToLower(string(p))}
	})
	add("persons in lower case", "EachPerson", func(s who, p purpose) any {
		return [2]any{strings.ToLower(string(s)), p}
	})
	add("person and purpose run together", "EachPerson", func(s who, p purpose) any {
		return string(s) + string(p)
	})
	add("trims persons", "EachPerson", func(s who, p purpose) any {
		return [2]any{strings.TrimSpace(string(s)), p}
	})
	add("one consent for all persons", "Withdrawal", func(s who, p purpose) any { return p })
}

// timeMutants answer too late, or mishandle contexts.
func timeMutants(add func(name, killer string, spoil func(*cards))) {
	add("cache", "Withdrawal", func(c *cards) {
		var cache sync.Map
		c.answer = func(c *cards, s who, p purpose) (status, error) {
			found, err := c.find(s, p)
			if found.Consented {
				cache.Store(c.key(s, p), found)
			}
			if old, cached := cache.Load(c.key(s, p)); cached {
				return old.(governance.Standing), err
			}
			return found, err
		}
	})
	add("a cache when busy", "WithdrawalEverywhere", func(c *cards) {
		asked := map[any]int{}
		c.answer = func(c *cards, s who, p purpose) (status, error) {
			found, err := c.find(s, p)
			if asked[c.key(s, p)]++; asked[c.key(s, p)] > goroutinesAtOnce {
				found.Consented = true
			}
			return found, err
		}
	})
	add("the third withdrawal is lost", "Withdrawal", func(c *cards) {
		var n atomic.Int64
		c.late = func() bool { return n.Add(1) == 3 }
	})
	add("one person at a time", "Concurrent", func(c *cards) {
		var current governance.Subject
		c.answer = func(c *cards, s who, p purpose) (status, error) {
			current = s
			c.mu.Unlock()
			runtime.Gosched()
			c.mu.Lock()
			return c.find(current, p)
		}
	})
	add("nothing known in a hurry", "EndedContext", func(c *cards) {
		c.rushed = func() (governance.Standing, error) { return governance.Standing{}, nil }
	})
	add("consent in a hurry", "EndedContext", func(c *cards) {
		c.rushed = func() (governance.Standing, error) { return governance.Standing{Consented: true}, nil }
	})
	add("deaf to its context", "ReturnsWhenContextEnds", func(c *cards) { c.deaf = true })
}

// goroutinesAtOnce is more often than a check asks from one goroutine.
const goroutinesAtOnce = 20
