//go:build linux || darwin

package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The variables that name the servers.
const (
	postgresURL   = "SHUGO_POSTGRES_URL"
	neo4jURL      = "SHUGO_NEO4J_URL"
	neo4jUser     = "SHUGO_NEO4J_USER"
	neo4jPassword = "SHUGO_NEO4J_PASSWORD"
)

// given says which servers the environment names already.
type given struct{ postgres, neo4j bool }

// readEnvironment checks the variables. Its errors name the variable and never show a value, which may hold a password.
func readEnvironment(get func(string) string) (given, error) {
	var g given
	if v := get(postgresURL); v != "" {
		if err := checkURL(postgresURL, v, "postgres", "postgresql"); err != nil {
			return given{}, err
		}
		g.postgres = true
	}
	if v := get(neo4jURL); v != "" {
		if err := checkURL(neo4jURL, v, "bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"); err != nil {
			return given{}, err
		}
		for _, name := range []string{neo4jUser, neo4jPassword} {
			if get(name) == "" {
				return given{}, &exitError{2, fmt.Sprintf("%s is set but %s is not: want both", neo4jURL, name)}
			}
		}
		g.neo4j = true
	}
	return g, nil
}

func checkURL(name, value string, schemes ...string) error {
	u, err := url.Parse(value)
	if err == nil && slices.Contains(schemes, u.Scheme) && hasServer(u) {
		return nil
	}
	return &exitError{2, fmt.Sprintf("%s is not a server's address: want %s://HOST:PORT", name, strings.Join(schemes, ":// or "))}
}

// hasServer reports whether an address names a host, or as PostgreSQL's may, a host or a socket in its parameters.
func hasServer(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	return u.Hostname() != "" || u.Query().Get("host") != ""
}
