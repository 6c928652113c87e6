package unidic_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shugo-data/shugo/japanese/unidic"
)

func ExampleLoad() {
	ctx := context.Background()
	analyzer, err := unidic.Load(ctx, unidic.Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test")})
	if err != nil {
		fmt.Println(err)
		return
	}
	tokens, err := analyzer.Analyze(ctx, "公園へ行こうと言った。")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range tokens {
		fmt.Println(t.Surface, t.POS[0], t.Lemma, t.Reading, t.Origin)
	}
	fmt.Println(analyzer.Readings("私"))
	// Output:
	// 公園 名詞 公園 コウエン 漢
	// へ 助詞 へ ヘ 和
	// 行こう 動詞 行く イコウ 和
	// と 助詞 と ト 和
	// 言っ 動詞 言う イッ 和
	// た 助動詞 た タ 和
	// 。 補助記号 。  記号
	// [シ ワタクシ ワタシ アタシ]
}
