package drift_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/shugo-data/shugo/quality/drift"
)

// vectors stands for embeddings of texts about some topics.
func vectors(rng *rand.Rand, n int, topics ...int) [][]float32 {
	out := make([][]float32, n)
	for i := range out {
		row := make([]float32, 32)
		for j := range row {
			row[j] = float32(0.1 * rng.NormFloat64())
		}
		row[topics[i%len(topics)]]++
		out[i] = row
	}
	return out
}

func ExampleTest() {
	rng := rand.New(rand.NewPCG(1, 2))
	reference := vectors(rng, 400, 0, 1, 2, 3)
	current := append(vectors(rng, 380, 0, 1, 2, 3), vectors(rng, 20, 9)...) // 5 % about something new

	result, err := drift.Test(context.Background(), drift.Config{Seed: 1}, reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result)
	fmt.Println("look at the", result.Region.Sample, "rows", result.Region.Rows)
	// Output:
	// drift: p = 0.003 at level 0.05, 400 against 400 rows; 99 % of it is local: a region with 0.0 % of the reference and 5.0 % of the current rows
	// look at the current rows [381 398 384 383 393]
}

func ExampleSequence() {
	year := drift.Sequence{Looks: 365, Independent: true}
	fmt.Println("permutations a day:", year.Permutations())
	for day, p := range []float64{0.4, 0.03, 0.0004, 0.0003, 0.001} {
		verdict, err := year.Add(p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("day %d: drifted %t, evidence %.2g of %g\n", day+1, verdict.Drifted, verdict.Evidence, verdict.Threshold)
	}
	// Output:
	// permutations a day: 29199
	// day 1: drifted false, evidence 0.0019 of 40
	// day 2: drifted false, evidence 0.011 of 40
	// day 3: drifted false, evidence 0.55 of 40
	// day 4: drifted false, evidence 28 of 40
	// day 5: drifted true, evidence 5.9e+02 of 40
}

func ExampleReservoir() {
	reservoir, err := drift.NewReservoir[int](3, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for v := range 1_000_000 {
		reservoir.Add(v)
	}
	fmt.Println(len(reservoir.Sample()), "of", reservoir.Seen())
	// Output:
	// 3 of 1000000
}
