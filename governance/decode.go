package governance

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseManifest reads a manifest from JSON and checks it as New does. It is strict: an unknown or repeated key, a value of
// another type, null, an unknown unit and text after the manifest are faults. All faults are in the returned
// *ManifestError, each with its line and column.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	d := decoder{data: data, json: json.NewDecoder(bytes.NewReader(data)), places: map[string]int64{}}
	d.json.UseNumber()
	if at := invalidUTF8(data); at >= 0 {
		d.addAt(int64(at), "", "the text is not valid UTF-8")
		return Manifest{}, d.faults.err()
	}
	if err := d.document(reflect.ValueOf(&m).Elem()); err != nil {
		d.syntax(err)
	}
	if len(d.faults) == 0 {
		d.faults = m.check()
	}
	for i := range d.faults {
		d.locate(&d.faults[i])
	}
	if err := d.faults.err(); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

// decoder walks JSON token by token into a value, since encoding/json stops at the first unknown key, accepts repeated
// ones, and forgets where things were.
type decoder struct {
	data   []byte
	json   *json.Decoder
	places map[string]int64 // path -> offset at which its value begins
	faults faults
}

func (d *decoder) document(v reflect.Value) error {
	if err := d.value("", v); err != nil {
		return err
	}
	at := d.next()
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		d.addAt(at, "", "text after the end of the manifest")
	}
	return nil
}

// value reads one JSON value into v. Its error ends the reading; faults do not.
func (d *decoder) value(path string, v reflect.Value) error {
	d.places[path] = d.next()
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return d.text(path, token, u)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.object(path, token, v)
	case reflect.Slice:
		return d.array(path, token, v)
	case reflect.String:
		if s, ok := token.(string); ok {
			v.SetString(s)
			return nil
		}
		return d.unexpected(path, token, "a string")
	case reflect.Bool:
		if b, ok := token.(bool); ok {
			v.SetBool(b)
			return nil
		}
		return d.unexpected(path, token, "true or false")
	}
	return fmt.Errorf("cannot read into %s", v.Type())
}

func (d *decoder) text(path string, token json.Token, u encoding.TextUnmarshaler) error {
	s, ok := token.(string)
	if !ok {
		return d.unexpected(path, token, "a string")
	}
	if err := u.UnmarshalText([]byte(s)); err != nil {
		d.faults.add(path, "%s", err)
	}
	return nil
}

func (d *decoder) object(path string, token json.Token, v reflect.Value) error {
	if token != json.Delim('{') {
		return d.unexpected(path, token, "an object")
	}
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for d.json.More() {
		at := d.next()
		key, err := d.json.Token()
		if err != nil {
			return err
		}
		name, ok := key.(string)
		if !ok {
			return fmt.Errorf("unexpected %v", key)
		}
		inner := join(path, plain(name))
		index, known := fields[name]
		if !known || seen[name] {
			what := "unknown key: want one of %s"
			if known {
				what = "the key stands twice in one object (keys: %s)"
			}
			d.addAt(at, inner, what, strings.Join(keysOf(v.Type()), ", "))
			if err := d.skip(); err != nil {
				return err
			}
			continue
		}
		seen[name] = true
		if err := d.value(inner, v.Field(index)); err != nil {
			return err
		}
	}
	_, err := d.json.Token()
	return err
}

func (d *decoder) array(path string, token json.Token, v reflect.Value) error {
	if token != json.Delim('[') {
		return d.unexpected(path, token, "an array")
	}
	for i := 0; d.json.More(); i++ {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(fmt.Sprintf("%s[%d]", path, i), item); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
	}
	_, err := d.json.Token()
	return err
}

// unexpected notes a value of the wrong type and skips the rest of it. It names the type and not the value.
func (d *decoder) unexpected(path string, token json.Token, want string) error {
	found := "null"
	nested := false
	switch t := token.(type) {
	case json.Delim:
		found, nested = "an object", true
		if t == '[' {
			found = "an array"
		}
	case string:
		found = "a string"
	case json.Number:
		found = "a number"
	case bool:
		found = "true or false"
	}
	d.faults.add(path, "found %s, want %s", found, want)
	if nested {
		return d.rest(1)
	}
	return nil
}

func (d *decoder) skip() error {
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	if _, nested := token.(json.Delim); nested {
		return d.rest(1)
	}
	return nil
}

// rest reads to the end of depth open objects and arrays.
func (d *decoder) rest(depth int) error {
	for depth > 0 {
		token, err := d.json.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// syntax notes text that is not JSON; nothing after it can be read.
func (d *decoder) syntax(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.addAt(int64(len(d.data)), "", "not JSON: the text ends too early")
		return
	}
	offset := d.json.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(d.data, new(json.RawMessage)), &syntax) { // the offsets of tokens are not exact
		offset, err = max(syntax.Offset-1, 0), syntax
	}
	d.addAt(offset, "", "not JSON: %s", err)
}

// addAt adds a fault whose place in the text is known.
func (d *decoder) addAt(offset int64, path, format string, args ...any) {
	d.faults.add(path, format, args...)
	f := &d.faults[len(d.faults)-1]
	f.Line, f.Column = d.position(offset)
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// plain returns a key as it stands in a path: quoted when it would break the line.
func plain(key string) string {
	if quoted := strconv.Quote(key); len(quoted) != len(key)+2 {
		return quoted
	}
	return key
}

// next returns the offset of the next token.
func (d *decoder) next() int64 {
	at := d.json.InputOffset()
	for at < int64(len(d.data)) && strings.IndexByte(" \t\r\n,:", d.data[at]) >= 0 {
		at++
	}
	return at
}

// locate gives a fault the line and column of its path, or of the nearest enclosing value that is in the text.
func (d *decoder) locate(f *Fault) {
	if f.Line > 0 {
		return
	}
	path := f.Path
	for {
		if offset, ok := d.places[path]; ok {
			f.Line, f.Column = d.position(offset)
			return
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// position returns the line and the column, in bytes, of an offset; both count from 1.
func (d *decoder) position(offset int64) (line, column int) {
	before := d.data[:min(offset, int64(len(d.data)))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i, key := range keysOf(t) {
		fields[key] = i
	}
	return fields
}

func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return keys
}
