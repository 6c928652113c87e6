package neopolicy

import (
	"context"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance"
)

// Fields lists each label and relationship type that is of interest, followed by its properties, in alphabetical order,
// labels first: what a test of coverage needs (see package governancetest). It reads what Drift reads, and what nobody declared besides. Errors are those of the driver.
func (p *Policy) Fields(ctx context.Context, driver neo4j.DriverWithContext) ([]governance.StoredField, error) {
	s := p.server(driver)
	elements, err := s.elements(ctx)
	if err != nil {
		return nil, err
	}
	var list []governance.StoredField
	for _, e := range elements {
		d, declared := p.find(e)
		if !declared && !p.concerns(e) {
			continue
		}
		names, err := s.properties(ctx, e)
		if err != nil {
			return nil, err
		}
		list = append(list, governance.StoredField{Store: p.config.Store, Dataset: e.Dataset(), Category: d.Category})
		for _, name := range names {
			item := governance.StoredField{Store: p.config.Store, Dataset: e.Dataset(), Name: name}
			if category, covered := d.category(name, p.config.Strict); declared && covered {
				item.Category = category
			}
			list = append(list, item)
		}
	}
	return list, nil
}
