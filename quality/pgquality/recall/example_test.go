package recall_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/quality/pgquality/recall"
)

func ExampleMeasure() {
	_, err := recall.Measure(context.Background(), recall.Config{Table: "message", Column: "embedding", Distance: "nearest"})
	fmt.Println(errors.Is(err, recall.ErrConfig))
	fmt.Println(err)
	// Output:
	// true
	// recall: faulty configuration: Database and Probes are needed
	// distance "nearest": expected <=>, <-> or <#>
}
