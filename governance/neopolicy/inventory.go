package neopolicy

import (
	"context"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance"
)

// Property is a property of a label or relationship type as the database has it.
type Property struct {
	Store    string              // the manifest's name for the database
	Dataset  string              // the name by which a manifest declares the label or type
	Name     string              // of the property; empty: the label or type itself
	Category governance.Category // by the manifest; empty: not covered
}

// Inventory lists each label and relationship type that is of interest, followed by its properties, in alphabetical order,
// labels first. It reads what Drift reads, and what nobody declared besides. Errors are those of the driver.
func (p *Policy) Inventory(ctx context.Context, driver neo4j.DriverWithContext) ([]Property, error) {
	s := p.server(driver)
	elements, err := s.elements(ctx)
	if err != nil {
		return nil, err
	}
	var list []Property
	for _, e := range elements {
		d, declared := p.find(e)
		if !declared && !p.concerns(e) {
			continue
		}
		names, err := s.properties(ctx, e)
		if err != nil {
			return nil, err
		}
		list = append(list, Property{Store: p.config.Store, Dataset: e.Dataset(), Category: d.Category})
		for _, name := range names {
			item := Property{Store: p.config.Store, Dataset: e.Dataset(), Name: name}
			if category, covered := d.category(name, p.config.Strict); declared && covered {
				item.Category = category
			}
			list = append(list, item)
		}
	}
	return list, nil
}
