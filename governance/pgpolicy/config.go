package pgpolicy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// The names that are used when a Config names none.
const (
	DefaultSchema      = "governed" // of the functions and masking views
	DefaultTableSchema = "public"   // of the tables
	DefaultAuditSchema = "shugo"    // of the audit trail
)

const defaultLockTimeout = 5 * time.Second

// maxIdentifier is NAMEDATALEN-1: PostgreSQL cuts longer names off, so that two of them could mean the same object.
const maxIdentifier = 63

// Config says what is enforced, and where. Manifest, Owner and Application are required.
type Config struct {
	// Manifest declares the tables and the rules. Its datasets of Store are enforced.
	Manifest governance.Manifest
	// Store is the manifest's name for this database; empty: governance.PostgreSQL.
	Store string
	// Owner is the role that owns the tables, and is given what this package makes. It should not be a superuser.
	Owner string
	// Application is the role that the host's connections have. It owns nothing and gets what the manifest covers.
	Application string

	// Schema is where functions and masking views are made; empty: DefaultSchema. Nothing else should be in it.
	Schema string
	// TableSchema is where the tables are; empty: DefaultTableSchema.
	TableSchema string
	// Tables says where a dataset's table is when it is not TableSchema and the dataset's name: schema and table.
	Tables map[string]pgx.Identifier
	// AuditSchema is where the audit trail is; empty: DefaultAuditSchema. Drift watches it.
	AuditSchema string

	// Standing is a table or view of persons' consents, restrictions and holds, as schema and name, with the columns
	// subject text, purpose text, consented boolean, restricted boolean and held boolean. A person consents to a purpose
	// if one row of the person and the purpose says so; is restricted or held if any row of the person says so, whatever
	// its purpose. NULL is no. Owner must be able to read it, all of it. Persons are looked up by subject and purpose, and
	// those who are restricted or held are listed: a table has an index for each. Empty: none; then no rule of the
	// enforced datasets may need consent, and restrictions and holds are not enforced in PostgreSQL.
	Standing pgx.Identifier
	// Masks gives, by dataset and field, the text that the masking view shows in place of a masked value, for columns of
	// type text or character varying. Missing: NULL.
	Masks map[string]map[string]string
	// Strict demands that each column be named in the Fields of its dataset. Otherwise a dataset covers, under its own
	// category, every column that its table has when the plan is made. In both cases a column that is added later is
	// beyond reach until a plan covers it.
	Strict bool
	// LockTimeout bounds how long Apply waits for each lock; zero: 5 seconds.
	LockTimeout time.Duration
	// Trust names what may go around the rules; Drift alone asks.
	Trust Trust
}

// filled returns the configuration with its defaults.
func (c Config) filled() Config {
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&c.Store, governance.PostgreSQL)
	set(&c.Schema, DefaultSchema)
	set(&c.TableSchema, DefaultTableSchema)
	set(&c.AuditSchema, DefaultAuditSchema)
	if c.LockTimeout == 0 {
		c.LockTimeout = defaultLockTimeout
	}
	return c
}

// check reports all that is wrong with a filled configuration.
func (c Config) check() error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("pgpolicy: config: "+format, args...))
	}
	if err := c.Manifest.Check(); err != nil {
		return err
	}
	for _, n := range []struct{ what, name string }{
		{"owner", c.Owner}, {"application", c.Application}, {"schema", c.Schema}, {"table schema", c.TableSchema},
		{"audit schema", c.AuditSchema},
	} {
		if err := checkName(n.name); err != nil {
			fault("%s: %w", n.what, err)
		}
	}
	if c.Owner == c.Application {
		fault("owner and application are both %q: the application's role must own nothing", c.Owner)
	}
	if c.Schema == c.TableSchema {
		fault("schema and table schema are both %q: want one for functions and views alone", c.Schema)
	}
	if c.LockTimeout < 0 {
		fault("lock timeout %s is negative", c.LockTimeout)
	}
	if len(c.Standing) != 0 {
		if err := checkTable(c.Standing); err != nil {
			fault("standing: %w", err)
		}
	}
	c.checkDatasets(fault)
	return together(append(errs, c.Trust.check(c.Application))...)
}

func (c Config) checkDatasets(fault func(format string, args ...any)) {
	datasets := c.datasets()
	if len(datasets) == 0 {
		fault("no dataset of the manifest is in store %q", c.Store)
	}
	place := map[string]string{}
	if len(c.Standing) == 2 {
		place[c.Standing.Sanitize()] = "(the standing relation)"
	}
	for _, d := range datasets {
		if err := checkName(d.Name); err != nil { // the view's
			fault("dataset: %w", err)
		}
		table := c.table(d)
		if err := checkTable(table); err != nil {
			fault("table of dataset %q: %w", d.Name, err)
		}
		if other, twice := place[table.Sanitize()]; twice {
			fault("datasets %q and %q are both in table %s", other, d.Name, table.Sanitize())
		}
		place[table.Sanitize()] = d.Name
		for _, r := range c.Manifest.Rules {
			if r.Consent && len(c.Standing) == 0 && slices.ContainsFunc(r.Categories, d.has) {
				fault("%w: a rule for dataset %q needs consent", ErrStanding, d.Name)
				break
			}
		}
	}
	known := func(name string) bool {
		return slices.ContainsFunc(datasets, func(d dataset) bool { return d.Name == name })
	}
	for _, name := range sortedKeys(c.Tables) {
		if !known(name) {
			fault("tables: dataset %q is not in store %q of the manifest", name, c.Store)
		}
	}
	for _, name := range sortedKeys(c.Masks) {
		if !known(name) {
			fault("masks: dataset %q is not in store %q of the manifest", name, c.Store)
		}
	}
}

// dataset is a dataset of the manifest with the questions that this package asks about it.
type dataset struct{ governance.Dataset }

// datasets returns the enforced datasets by name.
func (c Config) datasets() []dataset {
	var list []dataset
	for _, d := range c.Manifest.Datasets {
		if d.Store == c.Store {
			list = append(list, dataset{d})
		}
	}
	slices.SortFunc(list, func(a, b dataset) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// table returns where the table of a dataset is.
func (c Config) table(d dataset) pgx.Identifier {
	if at, named := c.Tables[d.Name]; named {
		return at
	}
	return pgx.Identifier{c.TableSchema, d.Name}
}

// categories returns the dataset's own category first, then those of its fields, each once.
func (d dataset) categories() []governance.Category {
	list := []governance.Category{d.Category}
	for _, f := range d.Fields {
		if f.Category != "" && !slices.Contains(list, f.Category) {
			list = append(list, f.Category)
		}
	}
	return list
}

func (d dataset) has(c governance.Category) bool { return slices.Contains(d.categories(), c) }

// category returns the category of a column, and whether the manifest covers it.
func (d dataset) category(column string, strict bool) (governance.Category, bool) {
	for _, f := range d.Fields {
		if f.Name != column {
			continue
		}
		if f.Category != "" {
			return f.Category, true
		}
		return d.Category, true
	}
	if strict && column != d.Subject {
		return "", false
	}
	return d.Category, true
}

func checkTable(name pgx.Identifier) error {
	if len(name) != 2 {
		return fmt.Errorf("%d names: want schema and table", len(name))
	}
	return together(checkName(name[0]), checkName(name[1]))
}

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("empty name")
	case len(name) > maxIdentifier:
		return fmt.Errorf("name %q has %d bytes: want at most %d", name, len(name), maxIdentifier)
	case !storable(name):
		return fmt.Errorf("name %q is not a text that PostgreSQL takes", name)
	}
	return nil
}

// storable reports whether PostgreSQL can hold a text.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }
