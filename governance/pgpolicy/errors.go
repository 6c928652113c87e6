package pgpolicy

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNoCaller: the context carries no caller with an ID, so that there is nobody to hand over.
	ErrNoCaller = errors.New("pgpolicy: no caller in the context")
	// ErrStanding: whether a person consents, has restricted processing or is under a hold decides, and no relation that
	// tells it is configured.
	ErrStanding = errors.New("pgpolicy: no standing relation is configured")
)

// together returns all errors as one, in one line; nil if there is none.
func together(errs ...error) error {
	var list []any
	for _, err := range errs {
		if err != nil {
			list = append(list, err)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return fmt.Errorf(strings.Repeat("%w; ", len(list)-1)+"%w", list...)
}
