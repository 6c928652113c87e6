package pgpolicy

import "errors"

// ErrStanding: whether a person consents, has restricted processing or is under a hold decides, and no relation that
// tells it is configured.
var ErrStanding = errors.New("pgpolicy: no standing relation is configured")
