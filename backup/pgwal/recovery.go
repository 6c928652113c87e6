package pgwal

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// setting is a line of postgresql.auto.conf.
type setting struct{ name, value string }

// recovery returns the settings with which a restored server replays the log to its end, and is nobody's primary, standby or
// archiver.
func (c DirectoryConfig) recovery(timeline uint32) []setting {
	all := []setting{
		{"restore_command", "cp " + shellQuote(c.WAL) + "/%f %p"},
		{"recovery_target_timeline", fmt.Sprint(timeline)},
		{"recovery_target", ""}, {"recovery_target_lsn", ""}, {"recovery_target_name", ""}, {"recovery_target_time", ""},
		{"recovery_target_xid", ""}, {"recovery_end_command", ""}, {"archive_cleanup_command", ""},
		{"archive_mode", "off"}, {"archive_command", ""},
		{"primary_conninfo", ""}, {"primary_slot_name", ""}, {"synchronous_standby_names", ""}, {"hot_standby", "on"},
	}
	var more []setting
	for name, value := range c.Settings {
		more = append(more, setting{name, value})
	}
	slices.SortFunc(more, func(a, b setting) int { return strings.Compare(a.name, b.name) })
	return append(all, more...)
}

// shellQuote quotes a path for the shell, within restore_command, in which a percent sign is doubled.
func shellQuote(path string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(path, "%", "%%"), "'", `'\''`) + "'"
}

// quote quotes a value for a configuration file of PostgreSQL.
func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`, "\n", `\n`, "\r", `\r`).Replace(value) + "'"
}

// settingName reports whether a name is one of a setting, also of an extension.
func settingName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$") == ""
}

// writeSettings adds the settings and the file that tells the server to recover.
func (t *tree) writeSettings(all []setting, action Action) error {
	var text strings.Builder
	text.WriteString("\n# Added by the restore.\n")
	for _, s := range all {
		fmt.Fprintf(&text, "%s = %s\n", s.name, quote(s.value))
	}
	signal := "recovery.signal"
	if action == Pause {
		signal = "standby.signal"
	}
	if err := t.data.RemoveAll("standby.signal"); err != nil {
		return writeError("remove a signal file", err)
	}
	if err := t.append("postgresql.auto.conf", text.String()); err != nil {
		return err
	}
	return t.append(signal, "")
}

// append adds text to a file of the data directory.
func (t *tree) append(name, text string) error {
	file, err := t.data.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return writeError("open "+name, err)
	}
	defer file.Close()
	if _, err := io.WriteString(file, text); err != nil {
		return writeError("write "+name, err)
	}
	return writeError("sync "+name, file.Sync())
}
