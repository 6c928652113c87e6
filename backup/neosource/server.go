package neosource

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/neoerror"
)

// fetchSize is how many records the server sends at once.
const fetchSize = 10_000

// The oldest version that is supported: labels that are parameters need it.
const (
	oldestMajor = 5
	oldestMinor = 26
)

// server is a graph database.
type server struct {
	driver   neo4j.DriverWithContext
	database string
}

func (s *server) session(ctx context.Context, mode neo4j.AccessMode) neo4j.SessionWithContext {
	return s.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.database, FetchSize: fetchSize, AccessMode: mode,
		NotificationsMinSeverity: notifications.DisabledLevel})
}

// ask runs a statement of its own transaction.
func (s *server) ask(ctx context.Context, what, statement string, params map[string]any) ([]*neo4j.Record, error) {
	session := s.session(ctx, neo4j.AccessModeWrite)
	defer session.Close(context.WithoutCancel(ctx))
	result, err := session.Run(ctx, statement, params)
	if err != nil {
		return nil, neoerror.Within(ctx, "neosource: "+what, err)
	}
	records, err := result.Collect(ctx)
	return records, neoerror.Within(ctx, "neosource: "+what, err)
}

// count returns the one number that a statement returns.
func (s *server) count(ctx context.Context, what, statement string, params map[string]any) (int64, error) {
	records, err := s.ask(ctx, what, statement, params)
	if err != nil {
		return 0, err
	}
	if len(records) == 1 && len(records[0].Values) == 1 {
		if n, is := records[0].Values[0].(int64); is {
			return n, nil
		}
	}
	return 0, fmt.Errorf("neosource: %s: the server's answer is not one number", what)
}

// version returns the server's version. An error is backup.ErrVersion where it is older than what is supported.
func (s *server) version(ctx context.Context) (string, error) {
	const components = `CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0], edition`
	records, err := s.ask(ctx, "version", components, nil)
	if err != nil {
		return "", err
	}
	version, edition := "unknown", "unknown"
	if len(records) == 1 {
		version, _ = records[0].Values[0].(string)
		edition, _ = records[0].Values[1].(string)
	}
	if !supported(version) {
		return "", fmt.Errorf("neosource: Neo4j %s, expected %d.%d or later: %w", version, oldestMajor, oldestMinor, backup.ErrVersion)
	}
	return version + " " + edition, nil
}

// supported reports whether a version, such as "5.26.20" or "2025.06.0", is not too old.
func supported(version string) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return err1 == nil && err2 == nil && (major > oldestMajor || major == oldestMajor && minor >= oldestMinor)
}
