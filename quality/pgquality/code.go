package pgquality

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// code writes a check as an element of a []quality.Check: fields that are zero are left out.
func code(check quality.Check) string {
	return strings.TrimPrefix(composite(reflect.ValueOf(check)), "quality.Check")
}

// composite writes a struct as a composite literal.
func composite(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			parts = append(parts, v.Type().Field(i).Name+": "+expression(f))
		}
	}
	return v.Type().String() + "{" + strings.Join(parts, ", ") + "}"
}

// expression writes a value as Go.
func expression(v reflect.Value) string {
	switch known := v.Interface().(type) {
	case time.Time:
		u := known.UTC()
		return fmt.Sprintf("time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC)", u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), u.Nanosecond())
	case quality.Now:
		return fmt.Sprintf("quality.Now(%d)", known) // nanoseconds
	}
	switch v.Kind() {
	case reflect.Interface:
		return expression(v.Elem())
	case reflect.Struct:
		return composite(v)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = expression(v.Index(i))
		}
		return strings.ReplaceAll(v.Type().String(), "interface {}", "any") + "{" + strings.Join(parts, ", ") + "}"
	case reflect.Func:
		return "nil /* the host's function */"
	}
	return fmt.Sprintf("%#v", v.Interface())
}
