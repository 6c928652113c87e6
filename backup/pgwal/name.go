package pgwal

import (
	"strconv"
	"strings"
)

// LogName returns the name of the log in which the write-ahead log of a cluster's timeline is kept. The Start and End of its
// entries are positions (backup.LSN), Data the bytes between them as the server has them in its files.
func LogName(system string, timeline uint32) string {
	return "wal." + system + "." + strconv.FormatUint(uint64(timeline), 10)
}

// HistoryName returns the name of the log in which the history files of a cluster's timelines are kept. The Start of an entry
// is the timeline, its End the next number, Data the text of the file.
func HistoryName(system string) string { return "history." + system }

// parseLogName is the inverse of LogName.
func parseLogName(name string) (system string, timeline uint32, found bool) {
	fields := strings.Split(name, ".")
	if len(fields) != 3 || fields[0] != "wal" {
		return "", 0, false
	}
	n, err := strconv.ParseUint(fields[2], 10, 32)
	return fields[1], uint32(n), err == nil && n > 0
}
