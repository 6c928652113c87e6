package pgsource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// RestorePerson restores the rows of one person at the cut, out of all tables of Config.Datasets, into a schema that it makes:
// those whose column of the subject has the person's id, and those of datasets without such a column that refer to rows of the
// person by a foreign key. Only chunks are read that an index names. The tables are like those of RestoreTable; one whose name
// is that of another's is called by its schema, a dot and its name. Tables in which nothing is the person's are not made.
//
// The error is backup.ErrNotFound where the person has no rows, or the snapshot was made without datasets; then nothing is
// made.
func (d *Database) RestorePerson(ctx context.Context, r backup.Reader, subject governance.Subject, into string) ([]Restored, error) {
	if subject == "" {
		return nil, errors.New("pgsource: restore a person: the subject is empty")
	}
	def, err := readDefinition(ctx, r)
	if err != nil {
		return nil, err
	}
	s, err := newSearch(r, def)
	if err != nil {
		return nil, err
	}
	if err := s.all(ctx, subject); err != nil {
		return nil, err
	}
	if len(s.found) == 0 {
		return nil, fmt.Errorf("pgsource: restore a person: no rows of theirs: %w", backup.ErrNotFound)
	}
	var made []Restored
	err = d.aside(ctx, into, func(conn *pgx.Conn, tx pgx.Tx) error {
		taken := map[string]bool{}
		for _, l := range def.Layouts {
			name := pgcatalog.Name{Schema: l.Schema, Name: l.Name}
			rows := s.found[name]
			if rows == nil {
				continue
			}
			table := l.Name
			if taken[table] {
				table = l.Schema + "." + l.Name
			}
			taken[table] = true
			if err := makeAside(ctx, tx, def, name, into, table); err != nil {
				return err
			}
			to := pgx.Identifier{into, table}.Sanitize()
			n, err := loadInto(ctx, conn, tx, rows.stream(), l, to)
			if err != nil {
				return pgerror.Wrap("pgsource: load table "+to, err)
			}
			made = append(made, Restored{Schema: l.Schema, Name: l.Name, Table: table, Rows: n})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// search looks for the rows of a person.
type search struct {
	reader  backup.Reader
	def     definition
	rows    map[string]backup.Item             // items of rows, by name
	indexes map[pgcatalog.Name]map[int][]index // of each table and link
	found   map[pgcatalog.Name]*personRows
	decoder chunkDecoder
}

type index struct {
	item backup.Item
	rows string
}

// personRows are the rows of a table that are a person's.
type personRows struct {
	seen map[string]bool // item, chunk and number
	data []byte          // in the form of COPY BINARY
}

func (p *personRows) stream() io.Reader {
	return io.MultiReader(bytes.NewReader(append([]byte(signature), make([]byte, 8)...)), bytes.NewReader(p.data), bytes.NewReader([]byte{0xff, 0xff}))
}

func newSearch(r backup.Reader, def definition) (*search, error) {
	s := &search{reader: r, def: def, rows: map[string]backup.Item{}, indexes: map[pgcatalog.Name]map[int][]index{}, found: map[pgcatalog.Name]*personRows{}}
	of := map[string]pgcatalog.Name{}
	for _, item := range r.Items() {
		if item.Kind == rowsItem {
			meta, err := readRowsMeta(item)
			if err != nil {
				return nil, err
			}
			s.rows[item.Name], of[item.Name] = item, pgcatalog.Name{Schema: meta.Schema, Name: meta.Name}
		}
	}
	for _, item := range r.Items() {
		if item.Kind != indexItem {
			continue
		}
		var meta indexMeta
		if err := json.Unmarshal(item.Meta, &meta); err != nil {
			return nil, corrupt(item.Name, 0, "what it says of itself cannot be read")
		}
		name := of[meta.Rows]
		if s.indexes[name] == nil {
			s.indexes[name] = map[int][]index{}
		}
		s.indexes[name][meta.Link] = append(s.indexes[name][meta.Link], index{item: item, rows: meta.Rows})
	}
	return s, nil
}

// want is what is still to be looked for: rows of a table whose columns of a link have one of some values.
type want struct {
	layout layout
	link   int
	keys   map[string]bool
}

// all finds all rows: those with the subject, then those that refer to what was found, until nothing new is.
func (s *search) all(ctx context.Context, subject governance.Subject) error {
	var wants []want
	key := map[string]bool{string(appendKey(nil, []byte(subject))): true}
	for _, l := range s.def.Layouts {
		for n, k := range l.Links {
			if k.Target.Name == "" {
				wants = append(wants, want{l, n, key})
			}
		}
	}
	for len(wants) > 0 {
		w := wants[0]
		rows, err := s.find(ctx, w)
		if err != nil {
			return err
		}
		wants = append(wants[1:], s.follow(w.layout, rows)...)
	}
	return nil
}

// follow returns what refers to rows.
func (s *search) follow(from layout, rows [][]byte) []want {
	if len(rows) == 0 {
		return nil
	}
	names := s.def.lineage(pgcatalog.Name{Schema: from.Schema, Name: from.Name})
	var wants []want
	for _, l := range s.def.Layouts {
		for n, k := range l.Links {
			if k.Target.Name == "" || !slices.Contains(names, k.Target) {
				continue
			}
			keys := map[string]bool{}
			for _, row := range rows {
				if key, whole := from.key(link{Columns: k.Keys}, fieldsOf(nil, row)); whole {
					keys[string(key)] = true
				}
			}
			wants = append(wants, want{l, n, keys})
		}
	}
	return wants
}

// find reads the chunks that the indexes name and returns the rows in them that are wanted and were not found before.
func (s *search) find(ctx context.Context, w want) ([][]byte, error) {
	name := pgcatalog.Name{Schema: w.layout.Schema, Name: w.layout.Name}
	var found [][]byte
	for _, x := range s.indexes[name][w.link] {
		chunks, err := lookUp(ctx, s.reader, x.item, w.keys)
		if err != nil {
			return nil, err
		}
		for _, chunk := range chunks {
			data, err := s.decode(ctx, x.rows, chunk, len(w.layout.Columns))
			if err != nil {
				return nil, err
			}
			for number := 0; len(data) > 0; number++ {
				size, whole, err := rowSize(data, len(w.layout.Columns))
				if err != nil || !whole {
					return nil, corrupt(x.rows, chunk, "it ends within a row")
				}
				row := data[:size:size]
				data = data[size:]
				key, whole := w.layout.key(w.layout.Links[w.link], fieldsOf(nil, row))
				if whole && w.keys[string(key)] && s.take(name, fmt.Sprint(x.rows, " ", chunk, " ", number), row) {
					found = append(found, row)
				}
			}
		}
	}
	return found, nil
}

// take keeps a row, unless it was found before.
func (s *search) take(name pgcatalog.Name, where string, row []byte) bool {
	rows := s.found[name]
	if rows == nil {
		rows = &personRows{seen: map[string]bool{}}
		s.found[name] = rows
	}
	if rows.seen[where] {
		return false
	}
	rows.seen[where] = true
	rows.data = append(rows.data, row...)
	return true
}

// decode returns the rows of a chunk, and of those after it where it has only the beginning of a row.
func (s *search) decode(ctx context.Context, item string, chunk, fields int) ([]byte, error) {
	var data []byte
	for n := chunk; ; n++ {
		encoded, err := s.reader.Chunk(ctx, item, n)
		if err != nil {
			return nil, err
		}
		if data, err = s.decoder.decode(data, encoded); err != nil {
			return nil, fmt.Errorf("pgsource: %s, chunk %d: %w", item, n, err)
		}
		if encoded[1] == rowsKind {
			return data, nil
		}
		if _, whole, err := rowSize(data, fields); whole || err != nil {
			return data, err
		}
	}
}
