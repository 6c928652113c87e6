package unidic

import (
	"context"

	"github.com/ikawaha/kagome-dict/uni"
)

// Config says what an analyzer is made of. The zero value is the dictionary as it is.
type Config struct{}

// Load unpacks the dictionary, which takes seconds: do it when a program starts, and share the analyzer.
func Load(ctx context.Context, _ Config) (*Analyzer, error) {
	t, err := pack(ctx, uni.Dict())
	if err != nil {
		return nil, err
	}
	return newAnalyzer(t), nil
}
