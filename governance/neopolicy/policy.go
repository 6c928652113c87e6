package neopolicy

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/governance"
)

// DefaultID is the property that identifies a record when a Config names none.
const DefaultID = "id"

// Config says what is governed, and where. Manifest is required.
type Config struct {
	// Manifest declares the labels, the relationship types and the rules. Its datasets of Store are governed; see Element for
	// how each is named.
	Manifest governance.Manifest
	// Store is the manifest's name for this database; empty: governance.Neo4j.
	Store string
	// Database is the server's name for it; empty: the user's home database.
	Database string

	// Standing is a label of nodes that tell persons' consents, restrictions and holds, with the properties subject and
	// purpose, which are strings, and consented, restricted and held, which are booleans. A person consents to a purpose if
	// one node of the person and the purpose says so; is restricted or held if any node of the person says so, whatever its
	// purpose. Missing is no; what is no boolean consents to nothing, and restricts and holds. The nodes are personal data:
	// the label is a dataset as any other. Empty: none; then no rule of the governed datasets may need consent.
	Standing string
	// ID is the property that is to be unique in each dataset whose Fields name it; empty: DefaultID.
	ID string
	// Strict demands that each property be named in the Fields of its dataset, or be its subject. Otherwise a dataset covers
	// every property under its own category.
	Strict bool

	// Within are patterns as of path.Match. When there are any, labels and relationship types that match none are of no
	// interest, unless they are declared.
	Within []string
	// Ignore are patterns of labels and relationship types that are of no interest, unless they are declared: those of tools
	// that keep their own data in the database.
	Ignore []string
	// Sample bounds how many records of each dataset are read, the first that the server finds; zero: all.
	Sample int
}

// Policy holds a database against a manifest. It is safe for concurrent use.
type Policy struct {
	config   Config
	datasets []dataset // by name
}

// dataset is a dataset of the manifest and what it declares.
type dataset struct {
	governance.Dataset
	element Element
}

// New checks the configuration. Errors: *governance.ManifestError; ErrStanding when a rule of the governed datasets needs
// consent and Config.Standing is empty; otherwise all other faults in one.
func New(c Config) (*Policy, error) {
	if err := c.Manifest.Check(); err != nil {
		return nil, err
	}
	if c.Store == "" {
		c.Store = governance.Neo4j
	}
	if c.ID == "" {
		c.ID = DefaultID
	}
	c.Within, c.Ignore = slices.Clone(c.Within), slices.Clone(c.Ignore)
	p := &Policy{config: c}
	if err := errors.Join(p.checkConfig(), p.takeDatasets()); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Policy) checkConfig() error {
	var errs []error
	for _, pattern := range append(slices.Clone(p.config.Within), p.config.Ignore...) {
		if _, err := path.Match(pattern, ""); err != nil {
			errs = append(errs, fmt.Errorf("neopolicy: config: pattern %q: %w", pattern, err))
		}
	}
	if p.config.Sample < 0 {
		errs = append(errs, fmt.Errorf("neopolicy: config: sample %d is negative", p.config.Sample))
	}
	if _, err := Quote(p.config.ID); err != nil {
		errs = append(errs, fmt.Errorf("neopolicy: config: id: %w", err))
	}
	if p.config.Standing != "" {
		if _, err := Quote(p.config.Standing); err != nil {
			errs = append(errs, fmt.Errorf("neopolicy: config: standing: %w", err))
		}
	}
	return errors.Join(errs...)
}

func (p *Policy) takeDatasets() error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("neopolicy: config: "+format, args...))
	}
	for _, d := range p.config.Manifest.Datasets {
		if d.Store != p.config.Store {
			continue
		}
		element, err := ParseElement(d.Name)
		if err != nil {
			fault("%w", err)
		}
		governed := dataset{d, element}
		p.datasets = append(p.datasets, governed)
		if p.config.Standing == "" && slices.ContainsFunc(p.config.Manifest.Rules, governed.needsConsent) {
			fault("%w: a rule for dataset %q needs consent", ErrStanding, d.Name)
		}
	}
	if len(p.datasets) == 0 {
		fault("no dataset of the manifest is in store %q", p.config.Store)
	}
	slices.SortFunc(p.datasets, func(a, b dataset) int { return strings.Compare(a.Name, b.Name) })
	return errors.Join(errs...)
}

// needsConsent reports whether a rule makes consent decide about records of the dataset.
func (d dataset) needsConsent(r governance.Rule) bool {
	if !r.Consent || d.Subject == "" {
		return false
	}
	return slices.Contains(r.Categories, d.Category) ||
		slices.ContainsFunc(d.Fields, func(f governance.Field) bool { return slices.Contains(r.Categories, f.Category) })
}

// category returns the category of a property, and whether the manifest covers it.
func (d dataset) category(property string, strict bool) (governance.Category, bool) {
	for _, f := range d.Fields {
		switch {
		case f.Name != property:
		case f.Category != "":
			return f.Category, true
		default:
			return d.Category, true
		}
	}
	return d.Category, !strict || property == d.Subject
}

// declares reports whether the dataset's Fields name a property.
func (d dataset) declares(property string) bool {
	return slices.ContainsFunc(d.Fields, func(f governance.Field) bool { return f.Name == property })
}

// find returns the dataset that declares an element.
func (p *Policy) find(e Element) (dataset, bool) {
	i := slices.IndexFunc(p.datasets, func(d dataset) bool { return d.element == e })
	if i < 0 {
		return dataset{}, false
	}
	return p.datasets[i], true
}

// concerns reports whether an element that nobody declared is of interest.
func (p *Policy) concerns(e Element) bool {
	matches := func(pattern string) bool {
		is, _ := path.Match(pattern, e.Name) // checked in New
		return is
	}
	return (len(p.config.Within) == 0 || slices.ContainsFunc(p.config.Within, matches)) && !slices.ContainsFunc(p.config.Ignore, matches)
}
