package backup

import (
	"fmt"
	"strings"
)

// MaxName is the length of the longest name of an object, in bytes.
const MaxName = 200

// CheckName returns an error that is ErrName unless name follows the rule for the names of objects, which BackupTarget
// gives. The error tells the place and the shape of what is wrong, not the name.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName {
		return fmt.Errorf("%w: %d bytes, expected 1 to %d", ErrName, len(name), MaxName)
	}
	begins := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '/' && !begins:
			begins = true
			continue
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && !begins:
		default:
			return fmt.Errorf("%w: byte %#02x at %d, expected segments of a to z, 0 to 9, '.', '-' and '_' that do not begin with '.'",
				ErrName, c, i)
		}
		begins = false
	}
	if begins {
		return fmt.Errorf("%w: it ends with a slash", ErrName)
	}
	return nil
}

// CheckSegment is CheckName for a name of one segment, such as that of a source or a log.
func CheckSegment(name string) error {
	if i := strings.IndexByte(name, '/'); i >= 0 {
		return fmt.Errorf("%w: a slash at %d, expected one segment", ErrName, i)
	}
	return CheckName(name)
}
