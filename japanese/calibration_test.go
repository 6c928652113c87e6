package japanese_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
)

// outcomes checks generated explanations.
func outcomes(t *testing.T, n int, seed uint64) []japanese.Outcome {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 7))
	all := make([]japanese.Outcome, n)
	for i := range all {
		s := tell(dice)
		r := checked(t, s.claims, s.kb, japanese.ClaimConfig{})
		all[i] = japanese.Outcome{Score: r.Confidence.Score, Right: s.right}
	}
	return all
}

// explanations is how many are generated for each half.
func explanations() int {
	if os.Getenv("SHUGO_LONG") == "1" {
		return 20_000
	}
	return 2_000
}

// TestCalibration fits to one half of a labelled set and measures on the other.
func TestCalibration(t *testing.T) {
	t.Parallel()
	const bins, most = 10, 0.05
	fitted, err := japanese.FitCalibration(outcomes(t, explanations(), 1))
	if err != nil {
		t.Fatal(err)
	}
	held := outcomes(t, explanations(), 2)
	for name, c := range map[string]japanese.Calibration{"fitted": fitted, "default": japanese.DefaultCalibration()} {
		got := japanese.ExpectedCalibrationError(c, held, bins)
		t.Logf("%s: expected calibration error %.4f on %d explanations", name, got, len(held))
		if got > most {
			t.Errorf("%s: got %.4f, want %v at most", name, got, most)
		}
	}
	uncalibrated := japanese.Calibration{Points: []japanese.CalibrationPoint{{}, {Score: 1, Probability: 1}}}
	if raw := japanese.ExpectedCalibrationError(uncalibrated, held, bins); raw <= most {
		t.Errorf("the score alone has an error of %.4f: the measure would not show what calibration does", raw)
	}
}

// TestConfidenceMonotone changes one claim of generated explanations at a time.
func TestConfidenceMonotone(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(3, 7))
	good, bad, none := claimOf("食べる", "N5"), claimOf("食べる", "N1"), claimOf("無い語", "N5")
	for range 300 {
		s := tell(dice)
		s.kb = append(s.kb, world()[0].knownOf(true)...)
		base := checked(t, s.claims, s.kb, japanese.ClaimConfig{}).Confidence
		with := func(c japanese.Claim) japanese.ClaimConfidence {
			return checked(t, append(append([]japanese.Claim{}, s.claims...), c), s.kb, japanese.ClaimConfig{}).Confidence
		}
		supported, unknown, contradicted := with(good), with(none), with(bad)
		if supported.Probability < base.Probability || supported.Score < base.Score {
			t.Errorf("a further supported claim lowers %+v to %+v", base, supported)
		}
		if unknown.Probability > base.Probability || contradicted.Probability > base.Probability {
			t.Errorf("a further claim that is unknown or contradicted raises %+v to %+v or %+v", base, unknown, contradicted)
		}
		if supported.Probability < unknown.Probability || unknown.Probability < contradicted.Probability && base.Contradiction == 0 && base.Support > 0 {
			t.Errorf("supported %+v, unknown %+v, contradicted %+v: expected a descent", supported, unknown, contradicted)
		}
	}
}

func claimOf(item, level string) japanese.Claim {
	return japanese.Claim{Kind: japanese.LevelFact, Item: item, Value: level}
}

func TestFitCalibration(t *testing.T) {
	t.Parallel()
	o := func(score float64, right bool) japanese.Outcome { return japanese.Outcome{Score: score, Right: right} }
	got, err := japanese.FitCalibration([]japanese.Outcome{
		o(0.9, true), o(0.1, false), o(0.3, true), o(0.4, false), o(0.1, false), o(0.6, true), o(0.6, false), o(0.6, true), o(0.9, true),
	})
	if err != nil {
		t.Fatal(err)
	}
	point := func(score, p float64) japanese.CalibrationPoint {
		return japanese.CalibrationPoint{Score: score, Probability: p}
	}
	want := []japanese.CalibrationPoint{point(0.1, 0), point(0.3, 0.5), point(0.4, 0.5), point(0.6, 2.0/3), point(0.9, 1)}
	if diff := cmp.Diff(want, got.Points); diff != "" {
		t.Error(diff)
	}
	for score, p := range map[float64]float64{0: 0, 0.1: 0, 0.2: 0.25, 0.35: 0.5, 0.6: 2.0 / 3, 0.75: 5.0 / 6, 1: 1, math.NaN(): 0} {
		if got := got.At(score); math.Abs(got-p) > 1e-9 {
			t.Errorf("at %v: got %v, want %v", score, got, p)
		}
	}
	for name, faulty := range map[string][]japanese.Outcome{
		"none": nil, "all right": {o(0.1, true)}, "all wrong": {o(0.1, false)}, "no score": {o(math.NaN(), true), o(0.1, false)}, "too high": {o(1.1, true), o(0.1, false)},
	} {
		if _, err := japanese.FitCalibration(faulty); !errors.Is(err, japanese.ErrCalibration) {
			t.Errorf("%s: got %v, want ErrCalibration", name, err)
		}
	}
}

func BenchmarkCheckClaims(b *testing.B) {
	claims, facts := structured(1000, rand.New(rand.NewPCG(1, 1)))
	plain := make([]japanese.Claim, len(claims))
	for i, l := range claims {
		plain[i] = l.claim
	}
	kb := indexed{}
	for _, f := range facts {
		kb[f.Item] = append(kb[f.Item], f)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := japanese.CheckClaims(b.Context(), plain, kb, japanese.ClaimConfig{}); err != nil {
			b.Fatal(err)
		}
	}
}

// indexed is a knowledge base that takes no time.
type indexed map[string][]japanese.Fact

// Facts implements japanese.KnowledgeBase.
func (kb indexed) Facts(_ context.Context, items []string, _ []japanese.FactKind) ([]japanese.Fact, error) {
	var facts []japanese.Fact
	for _, item := range items {
		facts = append(facts, kb[item]...)
	}
	return facts, nil
}

var _ japanese.KnowledgeBase = (*japanesetest.KnowledgeBase)(nil)
