package neokb_test

import (
	"context"
	"crypto/rand"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/neokb"
)

// graph is a part of the server's graph with labels of its own.
type graph struct {
	driver neo4j.DriverWithContext
	labels []neokb.Label
	suffix string
}

const (
	createWords = `
	UNWIND [
		{id: 'word:1', written: '食べる', reading: 'たべる', meaning: 'to eat', part_of_speech: 'ichidan verb', level: 'N5', run: 'a'},
		{id: 'word:2', written: '生', reading: 'なま', meaning: 'raw', part_of_speech: 'noun', level: 'N3', run: 'a'},
		{id: 'word:3', written: '食べる', reading: 'くらべる', meaning: 'wrong', part_of_speech: 'noun', level: 'N1', run: 'b'},
		{id: 'word:4', written: '無', reading: '', level: 4, run: 'a'}
	] AS row
	CREATE (w:%) SET w = row`
	createKanji = `
	CREATE (k:% {id: 'kanji:1', character: '生', meanings: ['life', 'birth'], level: 'N5', run: 'a'})
	CREATE (k)-[:READ_AS]->({text: 'セイ', run: 'a'}), (k)-[:READ_AS]->({text: 'い.きる', run: 'a'}), (k)-[:READ_AS]->({text: 'うそ', run: 'b'})`
	createGrammar = `CREATE (:% {id: 'grammar:1', pattern: '〜てから', meaning: 'after doing', level: 'N5', run: 'a'})`
	dropNodes     = `MATCH (n:%) OPTIONAL MATCH (n)-->(m) DETACH DELETE n, m`
)

// newGraph makes words of two runs, a kanji and a point of grammar. They are deleted at the test's end.
func newGraph(t testing.TB) *graph {
	t.Helper()
	g := &graph{driver: connect(t, ""), labels: neokb.TutorLabels(), suffix: rand.Text()}
	statements := map[string]string{"Word": createWords, "Kanji": createKanji, "GrammarPoint": createGrammar}
	for i := range g.labels {
		create := statements[g.labels[i].Name]
		g.labels[i].Name += "`" + g.suffix // a name that has to be quoted
		name := g.labels[i].Name
		t.Cleanup(func() { g.run(t, context.Background(), dropNodes, name) })
		g.run(t, t.Context(), create, name)
	}
	return g
}

// run runs a statement on a label, which takes the place of its %.
func (g *graph) run(t testing.TB, ctx context.Context, statement, label string) {
	t.Helper()
	for i, r := range statement {
		if r == '%' {
			statement = statement[:i] + cypher.Quote(label) + statement[i+1:]
			break
		}
	}
	if _, err := neo4j.ExecuteQuery(ctx, g.driver, statement, nil, neo4j.EagerResultTransformer); err != nil {
		t.Fatal(err)
	}
}

// connect returns a driver to the server, or to an address in its place.
func connect(t testing.TB, instead string) neo4j.DriverWithContext {
	t.Helper()
	address, user, password := servertest.Neo4j(t)
	if instead != "" {
		address = instead
	}
	driver, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { driver.Close(context.Background()) })
	// The first connection of a driver writes to a field without a lock (v5.28.4, Connector.Connect), so it is not left to many at once.
	if err := driver.VerifyConnectivity(t.Context()); err != nil {
		t.Fatal(err)
	}
	return driver
}

// base returns a knowledge base of the run a.
func (g *graph) base(t testing.TB, driver neo4j.DriverWithContext, change func(*neokb.Config)) *neokb.KnowledgeBase {
	t.Helper()
	config := neokb.Config{Labels: g.labels, Scope: map[string]string{"run": "a"}}
	if change != nil {
		change(&config)
	}
	kb, err := neokb.New(driver, config)
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

// facts are those of the run a, in the order in which they come.
func facts() []japanese.Fact {
	f := func(node, item string, kind japanese.FactKind, value string) japanese.Fact {
		fact := japanese.Fact{Item: item, Kind: kind, Value: value, Complete: kind != japanese.MeaningFact}
		if kind == japanese.MeaningFact {
			fact.Language = "en"
		}
		fact.ID = node + "#" + string(kind) + ":" + fact.Language + ":" + value
		return fact
	}
	return []japanese.Fact{
		f("grammar:1", "〜てから", japanese.LevelFact, "N5"),
		f("grammar:1", "〜てから", japanese.MeaningFact, "after doing"),
		f("kanji:1", "生", japanese.LevelFact, "N5"),
		f("word:2", "生", japanese.LevelFact, "N3"),
		f("kanji:1", "生", japanese.MeaningFact, "birth"),
		f("kanji:1", "生", japanese.MeaningFact, "life"),
		f("word:2", "生", japanese.MeaningFact, "raw"),
		f("word:2", "生", japanese.PartOfSpeechFact, "noun"),
		f("kanji:1", "生", japanese.ReadingFact, "い.きる"),
		f("kanji:1", "生", japanese.ReadingFact, "セイ"),
		f("word:2", "生", japanese.ReadingFact, "なま"),
		f("word:1", "食べる", japanese.LevelFact, "N5"),
		f("word:1", "食べる", japanese.MeaningFact, "to eat"),
		f("word:1", "食べる", japanese.PartOfSpeechFact, "ichidan verb"),
		f("word:1", "食べる", japanese.ReadingFact, "たべる"),
	}
}

// allKinds are the kinds that the mapping has.
func allKinds() []japanese.FactKind {
	return []japanese.FactKind{japanese.ReadingFact, japanese.MeaningFact, japanese.LevelFact, japanese.PartOfSpeechFact}
}

// gate is a server in front of the server, which can be closed: then nothing goes through until it is opened.
type gate struct {
	listener net.Listener
	target   string

	mu     sync.Mutex
	closed chan struct{} // nil: it is open
}

func newGate(t testing.TB) *gate {
	t.Helper()
	address, _, _ := servertest.Neo4j(t)
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal("SHUGO_NEO4J_URL is not an address")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{listener: listener, target: target.Host}
	t.Cleanup(func() { listener.Close() })
	go g.serve()
	return g
}

func (g *gate) address() string { return "bolt://" + g.listener.Addr().String() }

func (g *gate) serve() {
	for {
		client, err := g.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", g.target)
		if err != nil {
			client.Close()
			continue
		}
		go g.pass(client, server)
		go g.pass(server, client)
	}
}

// pass copies until one end closes.
func (g *gate) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if closed := g.state(); closed != nil {
			<-closed
		}
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}

func (g *gate) state() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// shut closes the gate and returns what opens it.
func (g *gate) shut() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	closed := make(chan struct{})
	g.closed = closed
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		close(closed)
		g.closed = nil
	}
}
