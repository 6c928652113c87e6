package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/filesource"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/backup/repository"
	"github.com/shugo-data/shugo/governance"
)

// keeper is all that keeps backups of a tutor.
type keeper struct {
	places   *repository.Repository
	receiver *pgwal.Receiver
	runner   *backup.Runner
	public   ed25519.PublicKey // of who signs certificates
}

// wire names three places, the sources, and how each is proven: the graph in the spare server, also beside a cluster. Places are folders here: a host has buckets.
func wire(ctx context.Context, work string, t *tutor, spare *graphServer, progress func(backup.Progress)) (*keeper, error) {
	kept := repository.Config{Key: repository.NewKey(), Anchor: repository.FileAnchor(filepath.Join(work, "anchor")), Margin: time.Hour}
	for _, p := range []struct {
		name string
		kind backup.PlaceKind
	}{{"tokyo", backup.Cloud}, {"osaka", backup.Cloud}, {"local", backup.Local}} {
		dir := filepath.Join(work, "places", p.name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		target, err := dirtarget.New(dirtarget.Config{Dir: dir, Kind: p.kind})
		if err != nil {
			return nil, err
		}
		kept.Places = append(kept.Places, backup.Place{Name: p.name, Target: target})
	}
	places, err := repository.Create(ctx, kept)
	if err != nil {
		return nil, err
	}
	receiver, err := pgwal.NewReceiver(pgwal.ReceiverConfig{Connection: t.cluster.URL(), Repository: places})
	if err != nil {
		return nil, err
	}
	cluster, err := pgwal.NewSource(pgwal.SourceConfig{Connection: t.cluster.URL(), Await: receiver.Await, Progress: progress})
	if err != nil {
		return nil, err
	}
	witness, err := pgwal.NewWitness(pgwal.WitnessConfig{Connection: t.cluster.URL(), Patience: 10 * time.Second})
	if err != nil {
		return nil, err
	}
	files, err := filesource.New(filesource.Config{Name: "files", Roots: []filesource.Root{{Name: "model", Path: t.files}}})
	if err != nil {
		return nil, err
	}
	graph, err := neosource.New(neosource.Config{Name: "graph", Driver: t.graph.driver, Journal: t.live.Journal, Progress: progress})
	if err != nil {
		return nil, err
	}
	manifest := governance.Tutor()
	rows, err := pgsource.New(pgsource.Config{Name: "rows", URL: t.cluster.URL(), Datasets: manifest.Datasets, Progress: progress})
	if err != nil {
		return nil, err
	}
	public, signer, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	// The manifest says how often each category is backed up, and so which tier it is in; files are in none of it.
	conversations := []governance.Category{governance.ConversationData, governance.UserData}
	knowledge := []governance.Category{governance.LearningAnalytics, governance.LearningContent}
	pair := &scratchPair{work: work, bin: t.bin, receiver: receiver, spare: spare, live: t.live.History()}
	runner, err := backup.New(backup.Config{Manifest: manifest, Signer: signer, Jobs: []backup.Job{
		{Source: cluster, Categories: conversations, Repository: places, Stream: receiver, Witness: witness, Scratch: pair.cluster(), Group: tutorGroup},
		{Source: graph, Categories: knowledge, Repository: places, Scratch: pair.graph(), Group: tutorGroup, Journaled: true,
			Invariants: []backup.Invariant{pair.resolves}},
		{Source: rows, Categories: []governance.Category{governance.LearningAnalytics}, Repository: places, Scratch: scratchDatabase{t.bin}},
		{Source: files, Tier: "standard", Repository: places, Scratch: &filesource.Scratch{Parent: work}},
	}})
	return &keeper{places, receiver, runner, public}, err
}

// tutorGroup names what is restored to one cut: the cluster leads, and its journal carries the graph on.
const tutorGroup = "tutor"
