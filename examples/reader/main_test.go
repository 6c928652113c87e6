package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/repository"
)

// What the repository wrote, this program reads; and it is no longer than it says.
func TestReader(t *testing.T) {
	t.Parallel()
	for name, parity := range map[string]repository.Parity{"plain": {}, "parity": {Data: 10, Shards: 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			target, err := dirtarget.New(dirtarget.Config{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			key := repository.NewKey()
			r, err := repository.Create(t.Context(), repository.Config{Places: []backup.Place{{Name: "a", Target: target}}, Key: key, Parity: parity})
			if err != nil {
				t.Fatal(err)
			}
			many := strings.Repeat("を marks the object. ", 300_000)
			want := map[string]string{"item/a": "short", "item/b": many, "item/ず": many[:5_000]}
			snapshot, err := r.Write(t.Context(), "notes", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
				for name, text := range want {
					item, err := w.Create(ctx, name, "text")
					if err != nil {
						return backup.Cut{}, err
					}
					for len(text) > 0 { // more chunks than one list names
						n := min(len(text), 1000)
						if err := item.Append(ctx, backup.Chunk{Data: []byte(text[:n])}); err != nil {
							return backup.Cut{}, err
						}
						text = text[n:]
					}
					if err := item.Commit(ctx, nil); err != nil {
						return backup.Cut{}, err
					}
				}
				return backup.Cut{}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := run([]string{dir, key.Reveal()}, &out); err != nil || !strings.Contains(out.String(), string(snapshot.ID)) {
				t.Fatalf("%v: %s", err, &out)
			}
			folder := filepath.Join(t.TempDir(), "items")
			if err := run([]string{dir, key.Reveal(), string(snapshot.ID), folder}, &out); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for n, item := range []string{"item/a", "item/b", "item/ず"} {
				text, err := os.ReadFile(filepath.Join(folder, "00000"+string(rune('1'+n))))
				if err != nil {
					t.Fatal(err)
				}
				got[item] = string(text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%.500s", diff)
			}
			if err := run([]string{dir, repository.NewKey().Reveal()}, &out); err == nil {
				t.Error("another key opens it")
			}
		})
	}
}

func TestLength(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n > 200 {
		t.Errorf("%d lines, expected at most 200", n)
	}
}
