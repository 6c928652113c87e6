package interval_test

import (
	"fmt"

	"github.com/shugo-data/shugo/quality/interval"
)

// A sample of 200 pages with 40 rows each, of a table of 10,000: on one of them every row is bad, on the others none. Counted
// as 8,000 rows that is 0.5 % bad, give or take little; counted as 200 pages it is one page.
func ExampleClustered() {
	pages := make([]interval.Page, 200)
	for i := range pages {
		pages[i].Rows = 40
	}
	pages[17].Defects = 40
	e, err := interval.Clustered(pages, 10000, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f %% to %.2f %%, as %.0f rows drawn one by one would say\n", 100*e.Low, 100*e.High, e.EffectiveRows)
	fmt.Println("at most 1 %:", e.Against(0.01))
	fmt.Println("at most 3 %:", e.Against(0.03))

	plain, err := interval.Wilson(e.Defects, e.Rows, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("as rows: %.2f %% to %.2f %%\n", 100*plain.Low, 100*plain.High)
	// Output:
	// 0.05 % to 2.07 %, as 199 rows drawn one by one would say
	// at most 1 %: undecided
	// at most 3 %: below
	// as rows: 0.37 % to 0.68 %
}
