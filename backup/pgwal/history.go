package pgwal

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

// Switch is where a timeline left its parent.
type Switch struct {
	Parent uint32
	LSN    backup.LSN
}

func parseHistory(text []byte) ([]Switch, error) {
	var all []Switch
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0][0] == '#' {
			continue
		}
		parent, err1 := strconv.ParseUint(fields[0], 10, 32)
		lsn, err2 := backup.ParseLSN(fields[1])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("pgwal: bad history")
		}
		all = append(all, Switch{uint32(parent), lsn})
	}
	return all, nil
}
