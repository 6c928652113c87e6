// Package day governs the tutor's calls and plays a day with them.
package day

import (
	"context"

	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/quality"
)

// Manifest is that of the tutor, with the relationships of its graph.
func Manifest() governance.Manifest {
	m := governance.Tutor()
	for name, category := range map[string]governance.Category{
		"[:READ_AS]": governance.LearningContent, "[:WRITTEN_WITH]": governance.LearningContent, "[:TEACHES]": governance.LearningContent,
		"[:REQUIRES]": governance.LearningContent, "[:EXPLAINS]": governance.AIGeneratedContent,
	} {
		m.Datasets = append(m.Datasets, governance.Dataset{Store: governance.Neo4j, Name: name, Category: category})
	}
	return m
}

// Tutor is the governed backend: each call in it is decided by the rules, masked and put on record.
type Tutor struct {
	Append  func(context.Context, backend.Message) error
	Read    governance.Seq[backend.Talk, backend.Message]
	Similar governance.Call[backend.Search, []backend.Hit]
	Sample  governance.Seq[int, backend.Message]
	Account governance.Call[string, backend.Account]
	Figures governance.Call[struct{}, []backend.Figure]
	Export  governance.Call[string, backend.Archive]
	Kanji   governance.Call[string, backend.Kanji]
	Explain func(context.Context, backend.Explanation) error
}

// Place is where the tutor runs: in the process, or on servers.
type Place struct {
	Name    string
	Records backend.Records
	Graph   backend.Graph
	Trail   Trail
	// Register knows what learners consent to.
	Register Register
	// Knowledge knows what explanations are held against.
	Knowledge japanese.KnowledgeBase
	// Analyzer cuts text into words.
	Analyzer japanese.Analyzer
	// InUnit makes a governed write and its record one transaction, where the place has transactions.
	InUnit func(func(context.Context, backend.Message) error) func(context.Context, backend.Message) error
	// Bind, where it is not nil, is given the guard before the first call, for queries that are bounded to what the caller
	// may reach.
	Bind func(*governance.Guard)
	// Settle, where it is not nil, ends the day: afterwards everything that happened is found in the trail.
	Settle func(context.Context) error
	// Prove, where it is not nil, shows what an auditor can check without trusting the program.
	Prove func(context.Context) ([]Evidence, error)
	// Assess, where it is not nil, reports how good the data is.
	Assess func(context.Context) ([]quality.Report, error)
	// Close removes what the place has made.
	Close func(context.Context) error
}

// Evidence is one thing that an auditor checks.
type Evidence struct {
	Claim string   `json:"claim"` // what is claimed
	Holds bool     `json:"holds"` // whether it was found so
	Found []string `json:"found"` // what was found
}

// Wire binds the raw calls of a place to a guard. It is the same for every place.
func Wire(g *governance.Guard, p Place) (Tutor, error) {
	fit, err := messageGate()
	return Tutor{
		Append:  p.InUnit(governance.WrapErr(g, appendMessage(), p.Records.Append, fit)),
		Read:    governance.WrapSeq(g, readTalk(), p.Records.Messages),
		Similar: governance.Wrap(g, searchMessages(), p.Records.Similar),
		Sample:  governance.WrapSeq(g, sampleMessages(), p.Records.Sample),
		Account: governance.Wrap(g, readAccount(), p.Records.Account),
		Figures: governance.Wrap(g, readFigures(), p.Records.Figures),
		Export:  governance.Wrap(g, exportLearner(), p.Records.Export),
		Kanji:   governance.Wrap(g, readKanji(), p.Graph.Kanji),
		Explain: governance.WrapErr(g, addExplanation(), p.Graph.Explain, p.trueExplanation()),
	}, err
}

func learner(id string) governance.Subject { return governance.Subject(id) }

func appendMessage() governance.Operation[backend.Message, governance.Nothing] {
	return governance.Operation[backend.Message, governance.Nothing]{
		Name: "messages.append", Dataset: "conversation_messages", Action: governance.Create,
		Subject: func(m backend.Message) governance.Subject { return learner(m.Learner) },
	}
}

// What a masked field shows, in the program and in PostgreSQL.
const (
	MaskedContent = "＊＊＊＊＊＊＊＊"
	MaskedEmail   = "＊＊＊"
)

// masks blank what an analyst must not see of a message.
func masks() map[string]func(*backend.Message) {
	return map[string]func(*backend.Message){
		"user_id":           func(m *backend.Message) { m.Learner = "" },
		"content":           func(m *backend.Message) { m.Content = MaskedContent },
		"content_embedding": func(m *backend.Message) { m.Embedding = nil },
	}
}

// messageFields are what the calls on messages release.
func messageFields() []string {
	return []string{"id", "session_id", "user_id", "role", "content", "content_embedding", "sent_at"}
}

func readTalk() governance.Operation[backend.Talk, backend.Message] {
	return governance.Operation[backend.Talk, backend.Message]{
		Name: "messages.read", Dataset: "conversation_messages", Action: governance.Read, Fields: messageFields(), Mask: masks(),
		Subject: func(t backend.Talk) governance.Subject { return learner(t.Learner) },
	}
}

func sampleMessages() governance.Operation[int, backend.Message] {
	return governance.Operation[int, backend.Message]{
		Name: "messages.sample", Dataset: "conversation_messages", Action: governance.Read, Fields: messageFields(), Mask: masks(),
	}
}

func searchMessages() governance.Operation[backend.Search, []backend.Hit] {
	mask := map[string]func(*[]backend.Hit){}
	for field, blank := range masks() {
		mask[field] = governance.Each(func(h *backend.Hit) { blank(&h.Message) })
	}
	return governance.Operation[backend.Search, []backend.Hit]{
		Name: "messages.search", Dataset: "conversation_messages", Action: governance.Read, Fields: messageFields(), Mask: mask,
		Subject: func(s backend.Search) governance.Subject { return learner(s.Learner) },
		Rows:    func(hits []backend.Hit) int { return len(hits) },
	}
}

func readAccount() governance.Operation[string, backend.Account] {
	return governance.Operation[string, backend.Account]{
		Name: "users.read", Dataset: "users", Action: governance.Read, Subject: learner,
		Mask: map[string]func(*backend.Account){"email": func(a *backend.Account) { a.Email = MaskedEmail }},
		Rows: func(backend.Account) int { return 1 },
	}
}

func readFigures() governance.Operation[struct{}, []backend.Figure] {
	return governance.Operation[struct{}, []backend.Figure]{
		Name: "analytics.read", Dataset: "conversation_analytics", Action: governance.Read,
		Mask: map[string]func(*[]backend.Figure){"user_id": governance.Each(func(f *backend.Figure) { f.Learner = "" })},
		Rows: func(figures []backend.Figure) int { return len(figures) },
	}
}

func exportLearner() governance.Operation[string, backend.Archive] {
	return governance.Operation[string, backend.Archive]{
		Name: "messages.export", Dataset: "conversation_messages", Action: governance.Export, Subject: learner,
		Rows: func(a backend.Archive) int { return len(a.Messages) },
	}
}

func readKanji() governance.Operation[string, backend.Kanji] {
	return governance.Operation[string, backend.Kanji]{
		Name: "kanji.read", Dataset: "Kanji", Action: governance.Read, Rows: func(backend.Kanji) int { return 1 },
	}
}

func addExplanation() governance.Operation[backend.Explanation, governance.Nothing] {
	return governance.Operation[backend.Explanation, governance.Nothing]{
		Name: "explanations.add", Dataset: "Explanation", Action: governance.Create,
	}
}
