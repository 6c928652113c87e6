package meter_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

func TestMeter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []backup.Progress
		m := meter.New("backup notes", 100, func(p backup.Progress) { told = append(told, p) })
		m.Add("a", 10)
		m.Add("a", 0) // too soon
		<-time.After(300 * time.Millisecond)
		m.Add("b", 20)
		m.Add("c", 5) // too soon
		m.Expect(50)
		m.Say("index")
		<-time.After(300 * time.Millisecond)
		m.Add("", 200) // more than was thought
		m.End()
		const ms = time.Millisecond
		want := []backup.Progress{
			{Work: "backup notes", Item: "a", Done: 10, Total: 100},
			{Work: "backup notes", Item: "b", Done: 30, Total: 100, Spent: 300 * ms},
			{Work: "backup notes", Item: "index", Done: 35, Total: 150, Spent: 300 * ms},
			{Work: "backup notes", Item: "index", Done: 235, Total: 235, Spent: 600 * ms},
			{Work: "backup notes", Item: "index", Done: 235, Total: 235, Spent: 600 * ms},
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if m.Done() != 235 {
			t.Errorf("%d are done", m.Done())
		}
	})
}

// Where nobody is told, everything is counted all the same.
func TestNobody(t *testing.T) {
	t.Parallel()
	m := meter.New("", 0, nil)
	m.Add("a", 10)
	m.Say("b")
	m.End()
	if m.Done() != 10 {
		t.Errorf("%d are done", m.Done())
	}
}
