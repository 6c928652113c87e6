package neokb

import (
	"container/list"
	"sync"
	"time"

	"github.com/shugo-data/shugo/japanese"
)

// longestKept is the longest item that is kept, in bytes, and mostFactsKept how many facts of one: so a count of items bounds the memory.
const (
	longestKept   = 256
	mostFactsKept = 256
)

// cache keeps the facts of items, also that there are none, and forgets those that were not asked for the longest.
type cache struct {
	most   int
	expiry time.Duration
	now    func() time.Time

	mu    sync.Mutex
	items map[string]*list.Element
	order *list.List // of entries, the latest first
}

type entry struct {
	item  string
	facts []japanese.Fact // not changed once it is here
	until time.Time
}

func newCache(most int, expiry time.Duration, now func() time.Time) *cache {
	return &cache{most: most, expiry: expiry, now: now, items: map[string]*list.Element{}, order: list.New()}
}

// get returns what is kept of items, and the items of which nothing is.
func (c *cache) get(items []string) (known map[string][]japanese.Fact, missing []string) {
	known = map[string][]japanese.Fact{}
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, item := range items {
		element, found := c.items[item]
		if !found || !now.Before(element.Value.(*entry).until) {
			missing = append(missing, item)
			continue
		}
		c.order.MoveToFront(element)
		known[item] = element.Value.(*entry).facts
	}
	return known, missing
}

// put keeps what was found of items, and of those without facts that there are none.
func (c *cache) put(items []string, found map[string][]japanese.Fact) {
	if c.most < 0 {
		return
	}
	until := c.now().Add(c.expiry)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, item := range items {
		if len(item) > longestKept || len(found[item]) > mostFactsKept {
			continue
		}
		fresh := &entry{item, found[item], until}
		if element, there := c.items[item]; there {
			element.Value = fresh
			c.order.MoveToFront(element)
			continue
		}
		c.items[item] = c.order.PushFront(fresh)
		if c.order.Len() > c.most {
			last := c.order.Back()
			delete(c.items, c.order.Remove(last).(*entry).item)
		}
	}
}
