//go:build linux

package unidic

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// BenchmarkAnalyze cuts the corpus, sentence by sentence.
func BenchmarkAnalyze(b *testing.B) {
	c, a := readCorpus(b), shared(b)
	characters := 0
	for _, s := range c.Sentences {
		characters += utf8.RuneCountInString(s.Text)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range c.Sentences {
			if _, err := a.Analyze(b.Context(), s.Text); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(characters*b.N)/b.Elapsed().Seconds(), "chars/s")
	b.ReportMetric(float64(len(c.Sentences)*b.N)/b.Elapsed().Seconds(), "sentences/s")
}

// BenchmarkReadings looks up all readings of a written form.
func BenchmarkReadings(b *testing.B) {
	a := shared(b)
	b.ReportAllocs()
	for b.Loop() {
		if len(a.Readings("公園")) != 1 {
			b.Fatal("not one reading")
		}
	}
}

// BenchmarkOneCharacter cuts a mebibyte of one character.
func BenchmarkOneCharacter(b *testing.B) {
	a := shared(b)
	for _, one := range []string{"ア", "a", "あ", "漢", "の", " "} {
		b.Run(fmt.Sprintf("%q", one), func(b *testing.B) {
			text := strings.Repeat(one, 1<<20/len(one))
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := a.Analyze(b.Context(), text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// startVariable tells a process of this test program to load, to say how long it took, and to end. Its value is the folder.
const startVariable = "SHUGO_UNIDIC_START"

// TestStart is the process that BenchmarkStart starts, with a folder of its own; otherwise it uses that of the other tests.
func TestStart(t *testing.T) {
	dir := os.Getenv(startVariable)
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "shugo-unidic-test")
	}
	began := time.Now()
	a := loaded(t, Config{Dir: dir})
	took := time.Since(began)
	if tokens := analyze(t, a, "公園へ行こうと言った。"); len(tokens) != 7 {
		t.Errorf("%d tokens", len(tokens))
	}
	status, err := os.ReadFile("/proc/self/status") // the system's own count for a child begins with what its parent had
	if err != nil {
		t.Fatal(err)
	}
	_, most, _ := strings.Cut(string(status), "VmHWM:")
	most, _, _ = strings.Cut(most, "\n")
	fmt.Println("took", took.Nanoseconds(), most)
}

// BenchmarkStart loads in a process of its own: without a file, and with one.
func BenchmarkStart(b *testing.B) {
	for _, packing := range []bool{true, false} {
		b.Run(map[bool]string{true: "packing", false: "mapping"}[packing], func(b *testing.B) {
			dir := b.TempDir()
			start(b, dir)
			var took time.Duration
			resident := int64(0)
			for b.Loop() {
				if packing {
					dir = b.TempDir()
				}
				d, r := start(b, dir)
				took, resident = took+d, max(resident, r)
			}
			b.ReportMetric(took.Seconds()*1e3/float64(b.N), "load-ms")
			b.ReportMetric(float64(resident)/(1<<10), "resident-MiB")
		})
	}
}

// start starts a process that loads, and returns how long it took, and the KiB that it had resident at most.
func start(b *testing.B, dir string) (time.Duration, int64) {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	child := exec.CommandContext(b.Context(), program, "-test.run=^TestStart$")
	child.Env = append(os.Environ(), startVariable+"="+dir)
	out, err := child.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	var took time.Duration
	var most int64
	if _, err := fmt.Sscanf(string(out), "took %d %d kB", &took, &most); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return took, most
}
