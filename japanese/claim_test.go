package japanese_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
)

func checked(t *testing.T, claims []japanese.Claim, facts []japanese.Fact, config japanese.ClaimConfig) japanese.ClaimReport {
	t.Helper()
	r, err := japanese.CheckClaims(t.Context(), claims, &japanesetest.KnowledgeBase{Known: facts}, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestClaimsGenerated is the promise of the package: of a thousand structured claims all seeded contradictions are found, none is false, and what
// the base does not know is unknown.
func TestClaimsGenerated(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		claims, facts := structured(1000, rand.New(rand.NewPCG(seed, 1)))
		plain := make([]japanese.Claim, len(claims))
		for i, l := range claims {
			plain[i] = l.claim
		}
		counts := map[japanese.Verdict]int{}
		for i, r := range checked(t, plain, facts, japanese.ClaimConfig{}).Results {
			counts[r.Verdict]++
			if r.Verdict != claims[i].want {
				t.Errorf("%+v: got %s (%s), want %s", r.Claim, r.Verdict, r.Because, claims[i].want)
			}
			if (r.Verdict == japanese.VerdictUnknown) == (r.Basis != japanese.BasisNone) || r.Because == "" {
				t.Errorf("%+v: verdict %s with basis %q", r.Claim, r.Verdict, r.Basis)
			}
		}
		t.Logf("seed %d: %v", seed, counts)
		if counts[japanese.VerdictContradicted] < 150 || counts[japanese.VerdictUnknown] < 150 {
			t.Errorf("the generator made %v: expected a good many of each", counts)
		}
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	const yes, no, unknown = japanese.VerdictSupported, japanese.VerdictContradicted, japanese.VerdictUnknown
	const reading, meaning, level, speech = japanese.ReadingFact, japanese.MeaningFact, japanese.LevelFact, japanese.PartOfSpeechFact
	const form, example = japanese.ConjugationFact, japanese.ExampleFact
	f := func(item string, kind japanese.FactKind, value string) japanese.Fact {
		return japanese.Fact{ID: item + "/" + value, Item: item, Kind: kind, Value: value, Complete: true}
	}
	facts := []japanese.Fact{
		f("生", reading, "セイ"), f("生", reading, "う.まれる"), f("生", reading, "なま"), f("東京", reading, "とうきょう"), f("雑誌", reading, "ざっし"),
		f("食べる", reading, "たべる"), f("食べる", meaning, "to eat"), f("食べる", meaning, "to live on (e.g. a salary), to live off"), f("食べる", level, "N5"),
		f("食べる", speech, "transitive ichidan verb"), f("家", reading, "いえ"), {ID: "open", Item: "家", Kind: reading, Value: "うち"},
		f("勉強", speech, "suru verb"), f("着る", speech, "ichidan verb"), f("着る", reading, "きる"), f("切る", speech, "godan verb"), f("大きい", meaning, "big"),
		f("本", speech, "noun"), f("走る", speech, "verb"), f("見る", form, "見て"), f("する", speech, "irregular verb"),
		f("来る", speech, "irregular verb"), f("来る", reading, "くる"), f("静か", speech, "な形容詞"), f("書く", reading, "かく"),
		f("社長", reading, "しゃちょう"), f("抹茶", reading, "まっちゃ"), f("富士山", reading, "ふじさん"), f("新聞", reading, "しんぶん"),
	}
	for i := range facts {
		if facts[i].Kind == form {
			facts[i].Form = "te"
		}
	}
	for _, c := range []struct {
		kind              japanese.FactKind
		item, value, form string
		want              japanese.Verdict
	}{
		{reading, "生", "せい", "", yes}, {reading, "生", "ｾｲ", "", yes}, {reading, "生", "うまれる", "", yes}, {reading, "生", "う", "", yes}, {reading, "生", "き", "", no},
		{reading, "家", "うち", "", yes}, {reading, "家", "や", "", unknown}, {reading, "東京", "Tōkyō", "", yes}, {reading, "東京", "toukyou", "", yes},
		{reading, "東京", "kyoto", "", unknown}, {reading, "雑誌", "zasshi", "", yes}, {reading, "雑誌", "zassi", "", yes}, {reading, "無い語", "よみ", "", unknown},
		{reading, "東京", "東の京", "", unknown}, {reading, "東京", " ", "", unknown},
		{meaning, "食べる", "eat", "", yes}, {meaning, "食べる", "To Eat", "", yes}, {meaning, "食べる", "to eat; to live off", "", yes}, {meaning, "食べる", "to live on", "", yes},
		{meaning, "食べる", "to be eating food", "", unknown}, {meaning, "食べる", "to sleep", "", no}, {meaning, "食べる", "to eat, to sleep", "", unknown},
		{meaning, "大きい", "large", "", yes}, {meaning, "大きい", "not big", "", unknown}, {meaning, "本", "book", "", unknown},
		{level, "食べる", "ｎ５", "", yes}, {level, "食べる", "JLPT level N5", "", yes}, {level, "食べる", "N4", "", no}, {level, "食べる", "5級", "", unknown},
		{level, "食べる", "A1", "", unknown}, {level, "本", "N5", "", unknown},
		{speech, "食べる", "る-verb", "", yes}, {speech, "食べる", "下一段動詞", "", yes}, {speech, "食べる", "verb", "", yes}, {speech, "食べる", "他動詞", "", yes},
		{speech, "食べる", "intransitive verb", "", no}, {speech, "食べる", "五段活用", "", no}, {speech, "食べる", "noun", "", no}, {speech, "食べる", "thing", "", unknown},
		{speech, "勉強", "noun", "", unknown}, {speech, "走る", "godan verb", "", unknown}, {speech, "走る", "adjective", "", no}, {speech, "する", "suru verb", "", unknown},
		{form, "食べる", "食べて", "te-form", yes}, {form, "食べる", "食べって", "て形", no}, {form, "食べる", "たべて", "テ形", yes}, {form, "食べる", "たびて", "te", no},
		{form, "書く", "書いて", "te", yes}, {form, "書く", "書きて", "te", no}, {form, "書く", "かいて", "te", yes}, {form, "泳ぐ", "およいで", "te", unknown},
		{form, "泳ぐ", "およぎて", "te", no}, {form, "着る", "着て", "te", yes}, {form, "着る", "着って", "te", no}, {form, "切る", "切って", "te", yes},
		{form, "切る", "切て", "te", no}, {form, "蹴る", "蹴って", "te", unknown}, {form, "蹴る", "蹴いて", "te", no}, {form, "見る", "見て", "te", yes},
		{form, "見る", "見って", "te", no}, {form, "分かる", "分かって", "te", yes}, {form, "する", "しない", "negative", yes}, {form, "来る", "こない", "nai-form", yes},
		{form, "来る", "きない", "nai-form", no}, {form, "食べる", "食べたら", "conditional", yes}, {form, "食べる", "食べれば", "conditional", yes},
		{form, "食べる", "食べ", "ます形", yes}, {form, "食べる", "食べられる", "可能形", yes}, {form, "食べる", "食べれる", "可能形", no}, {form, "静か", "静かな", "連体形", yes},
		{form, "きれい", "きれいかった", "past", no}, {form, "食べる", "食べて", "wild form", unknown}, {form, "犬", "犬て", "te", unknown},
		{example, "食べる", "朝ご飯を食べました。", "", yes}, {example, "食べる", "朝ご飯をたべました。", "", yes}, {example, "食べる", "水を飲みました。", "", no},
		{example, "来る", "友だちが来なかった。", "", yes}, {example, "書く", "手紙を書いた。", "", yes}, {example, "食べる", "食べ物が好きです。", "", unknown},
		{example, "飲む", "みずをのみました。", "", unknown}, {example, "〜てから", "食べてから寝ます。", "", yes}, {example, "〜てから", "食べて寝ます。", "", unknown},
		{example, "Nは", "私は学生です。", "", yes},
		{example, "開く", "三時にドアがひらく。", "", unknown}, {example, "いる", "家にはいります。", "", unknown}, {example, "学校", "大学へ行く。", "", unknown},
		{form, "する", "すらない", "ない形", no}, {form, "来る", "来りて", "te", no}, {form, "走る", "走って", "te", unknown}, {form, "走る", "走いて", "te", no},
		{form, "本", "本だった", "past", yes}, {form, "本", "本かった", "past", no}, {form, "だ", "だった", "past", yes}, {form, "ググる", "ググって", "te", yes},
		{reading, "社長", "shachō", "", yes}, {reading, "社長", "syatyou", "", yes}, {reading, "抹茶", "matcha", "", yes}, {reading, "抹茶", "mattya", "", yes},
		{reading, "富士山", "fujisan", "", yes}, {reading, "新聞", "shin'bun", "", yes}, {reading, "新聞", "shimbun", "", unknown},
		{"colour", "赤", "red", "", unknown},
	} {
		got := checked(t, []japanese.Claim{{Kind: c.kind, Item: c.item, Value: c.value, Form: c.form}}, facts,
			japanese.ClaimConfig{Synonyms: [][]string{{"big", "large"}}}).Results[0]
		if got.Verdict != c.want {
			t.Errorf("%s %s of %s is %s: got %s (%s), want %s", c.form, c.kind, c.item, c.value, got.Verdict, got.Because, c.want)
		}
	}
}

func TestClaimsNameFacts(t *testing.T) {
	t.Parallel()
	word := world()[1]
	r := checked(t, []japanese.Claim{
		{Kind: japanese.MeaningFact, Item: "書く", Value: "to draw, to write", Language: "en"}, {Kind: japanese.LevelFact, Item: "書く", Value: "N1"},
		{Kind: japanese.ConjugationFact, Item: "書く", Value: "書いて", Form: "te"}, {Kind: japanese.LevelFact, Item: "読む", Value: "N5"},
	}, word.knownOf(true), japanese.ClaimConfig{})
	var got [][]string
	for _, one := range r.Results {
		got = append(got, one.Facts)
	}
	want := [][]string{{"書く/meaning/to draw", "書く/meaning/to write"}, {"書く/level/N5"}, {"書く/part_of_speech/godan verb"}, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r.Verdict != japanese.VerdictContradicted {
		t.Errorf("the whole is %s, want contradicted", r.Verdict)
	}
}

func TestClaimsWithoutEvidenceDoNotPass(t *testing.T) {
	t.Parallel()
	word := world()[0]
	for name, facts := range map[string][]japanese.Fact{"no facts": nil, "facts of others": world()[1].knownOf(true)} {
		claims := []japanese.Claim{word.right(japanese.ReadingFact, rand.New(rand.NewPCG(1, 1))), {Kind: japanese.LevelFact, Item: word.item, Value: "N5"}}
		r := checked(t, claims, facts, japanese.ClaimConfig{})
		if r.Verdict != japanese.VerdictUnknown || r.Confidence.Probability != 0 || r.Confidence.Coverage != 0 {
			t.Errorf("%s: got %s with %+v, want unknown with 0", name, r.Verdict, r.Confidence)
		}
	}
	if r := checked(t, nil, word.knownOf(true), japanese.ClaimConfig{}); r.Verdict != japanese.VerdictUnknown || r.Confidence.Probability != 0 {
		t.Errorf("no claims: got %s with %+v, want unknown with 0", r.Verdict, r.Confidence)
	}
}

func TestClaimsEntailed(t *testing.T) {
	t.Parallel()
	claims := []japanese.Claim{
		{Kind: japanese.MeaningFact, Item: "食べる", Value: "to consume food", Language: "en"}, {Kind: japanese.MeaningFact, Item: "食べる", Value: "to eat", Language: "en"},
		{Kind: japanese.MeaningFact, Item: "書く", Value: "to write no more", Language: "en"}, {Kind: japanese.MeaningFact, Item: "待つ", Value: "to stay", Language: "en"},
		{Kind: japanese.MeaningFact, Item: "猫", Value: "cat", Language: "en"},
	}
	facts := slices.Concat(world()[0].knownOf(true), world()[1].knownOf(true), world()[6].knownOf(false))
	var asked []japanese.EntailmentQuestion
	entailer := oracle(func(questions []japanese.EntailmentQuestion) ([]japanese.Entailment, error) {
		asked = questions
		return []japanese.Entailment{{Entails: 0.9}, {Contradicts: 0.8, Entails: 0.1}, {Entails: 0.3}}, nil
	})
	r := checked(t, claims, facts, japanese.ClaimConfig{Entailer: entailer})
	wantAsked := []japanese.EntailmentQuestion{
		{Item: "食べる", Known: []string{"to eat"}, Claimed: "to consume food", Language: "en"},
		{Item: "書く", Known: []string{"to draw", "to write"}, Claimed: "to write no more", Language: "en"},
		{Item: "待つ", Known: []string{"to wait"}, Claimed: "to stay", Language: "en"},
	}
	if diff := cmp.Diff(wantAsked, asked); diff != "" {
		t.Error(diff)
	}
	var got []japanese.Verdict
	for _, one := range r.Results {
		got = append(got, one.Verdict)
	}
	want := []japanese.Verdict{"supported", "supported", "contradicted", "unknown", "unknown"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r.Results[0].Probability != 0.9 || r.Results[0].Basis != japanese.BasisEntailment || r.Confidence.Entailment != 0.4 {
		t.Errorf("got %+v and %+v, want a probability of 0.9 by entailment, which is of two in five", r.Results[0], r.Confidence)
	}
}

// resample is a Sampler that answers as told.
type resample func(n int) ([][]japanese.Claim, error)

// Sample implements japanese.Sampler.
func (s resample) Sample(_ context.Context, n int) ([][]japanese.Claim, error) { return s(n) }

func TestClaimsResampled(t *testing.T) {
	t.Parallel()
	claim := func(item, value string) japanese.Claim {
		return japanese.Claim{Kind: japanese.ReadingFact, Item: item, Value: value}
	}
	claims := []japanese.Claim{claim("食べる", "たべる"), claim("書く", "かく"), claim("行く", "いく")}
	facts := slices.Concat(world()[0].knownOf(true), world()[1].knownOf(true), world()[2].knownOf(true))
	sampler := resample(func(int) ([][]japanese.Claim, error) {
		return [][]japanese.Claim{{claim("食べる", "タベル"), claim("書く", "しょく")}, {claim("食べる", "たべる")}, {claim("書く", "かく")}, nil}, nil
	})
	with, without := checked(t, claims, facts, japanese.ClaimConfig{Sampler: sampler}), checked(t, claims, facts, japanese.ClaimConfig{})
	got := []float64{with.Results[0].Agreement, with.Results[1].Agreement, with.Results[2].Agreement}
	if diff := cmp.Diff([]float64{1, 0.5, 1}, got); diff != "" {
		t.Error(diff)
	}
	if with.Confidence.Score >= without.Confidence.Score || with.Verdict != without.Verdict {
		t.Errorf("disagreement: got score %v and %s, without it %v and %s", with.Confidence.Score, with.Verdict, without.Confidence.Score, without.Verdict)
	}
}

func TestClaimsBatches(t *testing.T) {
	t.Parallel()
	var claims []japanese.Claim
	var facts []japanese.Fact
	for _, w := range world() {
		claims = append(claims, japanese.Claim{Kind: japanese.LevelFact, Item: w.item, Value: w.level})
		facts = append(facts, w.knownOf(true)...)
	}
	for batch, calls := range map[int]int{0: 1, 1: len(claims), 10: 3} {
		kb := &japanesetest.KnowledgeBase{Known: facts}
		r, err := japanese.CheckClaims(t.Context(), claims, kb, japanese.ClaimConfig{Batch: batch})
		if err != nil || r.Verdict != japanese.VerdictSupported || kb.Calls() != calls {
			t.Errorf("batches of %d: got %s, %v and %d calls, want supported and %d", batch, r.Verdict, err, kb.Calls(), calls)
		}
	}
}

func TestClaimsIgnoreLies(t *testing.T) {
	t.Parallel()
	kb := &japanesetest.KnowledgeBase{Faults: []japanesetest.KnowledgeFault{{Lie: func([]japanese.Fact) []japanese.Fact { return world()[1].knownOf(true) }}}}
	r, err := japanese.CheckClaims(t.Context(), []japanese.Claim{{Kind: japanese.LevelFact, Item: "食べる", Value: "N5"}}, kb, japanese.ClaimConfig{})
	if err != nil || r.Verdict != japanese.VerdictUnknown {
		t.Errorf("facts of another item: got %s, %v, want unknown", r.Verdict, err)
	}
}

func TestClaimsFail(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	claims := []japanese.Claim{{Kind: japanese.MeaningFact, Item: "食べる", Value: "to eat lunch", Language: "en"}}
	answer := func(all []japanese.Entailment, err error) japanese.Entailer {
		return oracle(func([]japanese.EntailmentQuestion) ([]japanese.Entailment, error) { return all, err })
	}
	for name, c := range map[string]struct {
		fault  japanesetest.KnowledgeFault
		config japanese.ClaimConfig
		want   error
	}{
		"knowledge base":    {fault: japanesetest.KnowledgeFault{Err: down}, want: down},
		"entailer":          {config: japanese.ClaimConfig{Entailer: answer(nil, down)}, want: down},
		"too few answers":   {config: japanese.ClaimConfig{Entailer: answer(nil, nil)}, want: japanese.ErrEntailer},
		"no probability":    {config: japanese.ClaimConfig{Entailer: answer([]japanese.Entailment{{Entails: 0.9, Contradicts: 0.9}}, nil)}, want: japanese.ErrEntailer},
		"sampler":           {config: japanese.ClaimConfig{Sampler: resample(func(int) ([][]japanese.Claim, error) { return nil, down })}, want: japanese.ErrSampler},
		"too many samples":  {config: japanese.ClaimConfig{Samples: 1, Sampler: resample(func(int) ([][]japanese.Claim, error) { return make([][]japanese.Claim, 2), nil })}, want: japanese.ErrSampler},
		"negative batch":    {config: japanese.ClaimConfig{Batch: -1}, want: japanese.ErrClaimConfig},
		"falling curve":     {config: japanese.ClaimConfig{Calibration: japanese.Calibration{Points: []japanese.CalibrationPoint{{Score: 0, Probability: 1}, {Score: 1}}}}, want: japanese.ErrCalibration},
		"ended while stuck": {fault: japanesetest.KnowledgeFault{Stall: true}, want: context.Canceled},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if c.fault.Stall {
			cancel()
		}
		kb := &japanesetest.KnowledgeBase{Known: world()[0].knownOf(true), Faults: []japanesetest.KnowledgeFault{c.fault}}
		r, err := japanese.CheckClaims(ctx, claims, kb, c.config)
		if !errors.Is(err, c.want) || len(r.Results) > 0 {
			t.Errorf("%s: got %d results and error %v, want %v", name, len(r.Results), err, c.want)
		}
		cancel()
	}
	if _, err := japanese.CheckClaims(t.Context(), claims, nil, japanese.ClaimConfig{}); !errors.Is(err, japanese.ErrClaimConfig) {
		t.Errorf("no knowledge base: got %v", err)
	}
}

// TestNamesOfSpeech has names of one part of speech in each row; none is compatible with those of the other rows.
func TestNamesOfSpeech(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"ichidan verb", "Ichidan", "一段動詞", "下一段活用", "る-verb", "ru-verb", "group 2 verb", "２グループの動詞", "v1"},
		{"godan verb", "五段", "五段活用", "u-verb", "Group 1 verb", "v5"}, {"i-adjective", "い形容詞", "形容詞"}, {"na-adjective", "な形容詞", "形容動詞", "形状詞"},
		{"noun", "名詞", "common noun"}, {"adverb", "副詞"}, {"particle", "助詞"}, {"conjunction", "接続詞"}, {"counter", "助数詞"}, {"expression", "慣用句"},
	}
	judge := func(known, claimed string) japanese.Verdict {
		facts := []japanese.Fact{{ID: "1", Item: "語", Kind: japanese.PartOfSpeechFact, Value: known, Complete: true}}
		return checked(t, []japanese.Claim{{Kind: japanese.PartOfSpeechFact, Item: "語", Value: claimed}}, facts, japanese.ClaimConfig{}).Verdict
	}
	for i, row := range rows {
		for _, known := range row {
			for j, other := range rows {
				for _, claimed := range other {
					want := japanese.VerdictContradicted
					if i == j {
						want = japanese.VerdictSupported
					}
					if got := judge(known, claimed); got != want {
						t.Errorf("%s is claimed of %s: got %s, want %s", claimed, known, got, want)
					}
				}
			}
		}
	}
}
