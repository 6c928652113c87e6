package neopolicy

import "errors"

// ErrStanding: whether a person consents, has restricted processing or is under a hold decides, and no label whose nodes
// tell it is configured.
var ErrStanding = errors.New("neopolicy: no standing label is configured")
