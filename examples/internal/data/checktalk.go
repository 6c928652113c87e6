package data

import (
	"net/mail"
	"strings"
	"time"
)

// talk is what the checks of conversations.json know so far.
type talk struct {
	*report
	joined map[string]time.Time // by learner
	sent   map[string]time.Time // by message of the tutor
}

func checkConversations(r *report, s Set, items names) {
	t := talk{report: r, joined: map[string]time.Time{}, sent: map[string]time.Time{}}
	t.learners(s.Learners)
	t.conversations(s.Conversations)
	t.interactions(s.Interactions)
	t.progress(s.Learners, s.Progress, items)
}

func (t talk) learners(learners []Learner) {
	atLeast(t.report, "learners", len(learners), minLearners)
	ids, emails := names{}, names{}
	for i, l := range learners {
		p := at("learners", i)
		ids.add(t.report, p, prefixLearner, l.ID)
		t.joined[l.ID] = l.Joined.Time
		t.text(p, "name", l.Name)
		t.text(p, "native_language", l.NativeLanguage)
		t.level(p, l.Level)
		if !exampleAddress(l.Email) {
			t.addf(p+".email", "is not an address at example.com or example.jp")
		}
		if emails[l.Email] {
			t.addf(p+".email", "is there twice")
		}
		emails[l.Email] = true
		if l.Joined.IsZero() {
			t.addf(p+".joined", "is no day")
		}
	}
}

// exampleAddress keeps real people's addresses out of the data: the domains are reserved for examples.
func exampleAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return false
	}
	return strings.HasSuffix(s, "@example.com") || strings.HasSuffix(s, "@example.jp")
}

func (t talk) conversations(conversations []Conversation) {
	atLeast(t.report, "conversations", len(conversations), minConversations)
	ids, messages, texts := names{}, names{}, names{}
	count := 0
	for i, c := range conversations {
		p := at("conversations", i)
		ids.add(t.report, p, prefixConversation, c.ID)
		t.text(p, "topic", c.Topic)
		t.text(p, "summary", c.Summary)
		t.notBefore(p+".started_at", c.StartedAt, t.learner(p, c.Learner), "the learner joined")
		if c.StartedAt.Year() != conversationsYear || c.StartedAt.Month() < firstMonth || c.StartedAt.Month() > lastMonth {
			t.addf(p+".started_at", "is not in the months from September to November %d", conversationsYear)
		}
		t.messages(p, c, messages, texts)
		count += len(c.Messages)
	}
	atLeast(t.report, "conversations[].messages", count, minMessages)
}

func (t talk) messages(conversation string, c Conversation, ids, texts names) {
	if len(c.Messages) == 0 {
		t.addf(conversation+".messages", "is empty")
	}
	last := c.StartedAt.Add(-1)
	for i, m := range c.Messages {
		p := at(conversation+".messages", i)
		ids.add(t.report, p, c.ID+"-m", m.ID)
		t.text(p, "text", m.Text)
		if texts[m.Text] {
			t.addf(p+".text", "is there twice")
		}
		texts[m.Text] = true
		if m.Role != RoleLearner && m.Role != RoleTutor {
			t.addf(p+".role", "is neither learner nor tutor")
		}
		if !m.SentAt.After(last) {
			t.addf(p+".sent_at", "is not after the one before")
		}
		last = m.SentAt
		if m.Role == RoleTutor {
			t.sent[m.ID] = m.SentAt
		}
	}
}

// learner returns when a learner joined and reports one who does not exist.
func (t talk) learner(path, id string) time.Time {
	joined, ok := t.joined[id]
	if !ok {
		t.addf(path+".learner", "%q does not exist", id)
	}
	return joined
}

func (t talk) notBefore(path string, at, least time.Time, what string) {
	if at.Before(least) || at.IsZero() {
		t.addf(path, "is before %s", what)
	}
}
