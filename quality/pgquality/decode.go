package pgquality

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// decoder reads rows in the types that pgx has by itself: a host may have registered others with its connections, of which no test of
// a row knows.
type decoder struct{ types *pgtype.Map }

func newDecoder() decoder { return decoder{pgtype.NewMap()} }

// values returns the values of the current row.
func (d decoder) values(rows pgx.Rows) ([]any, error) {
	raw, fields := rows.RawValues(), rows.FieldDescriptions()
	values := make([]any, len(raw))
	for i, f := range fields {
		if raw[i] == nil {
			continue
		}
		known, ok := d.types.TypeForOID(f.DataTypeOID)
		if !ok { // asked for as a text
			values[i] = string(raw[i])
			continue
		}
		value, err := known.Codec.DecodeValue(d.types, f.DataTypeOID, f.Format, raw[i])
		if err != nil { // its text may hold the value
			return nil, fmt.Errorf("column %d has a value of type %s that cannot be read", i+1, known.Name)
		}
		values[i] = value
	}
	return values, nil
}
