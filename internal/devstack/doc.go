// Devstack runs a command with private servers: PostgreSQL with pgvector, and Neo4j Community.
//
//	go run ./internal/devstack go test ./...
//	go run ./internal/devstack -print
//
// The first run sets up what is missing and keeps it in the user's cache folder (or in SHUGO_DEVSTACK_DIR); later runs
// copy a prepared data folder and start in a few seconds. The servers listen on free loopback ports, with passwords made
// for this machine, and hold nothing but what the command puts there: everything is removed when it ends. Progress goes
// to standard error; standard input and output belong to the command, and its exit code is devstack's.
//
// The command finds SHUGO_POSTGRES_URL, SHUGO_NEO4J_URL, SHUGO_NEO4J_USER and SHUGO_NEO4J_PASSWORD in its environment.
// A server that the environment names already is used as it is.
//
// Any number of devstacks run side by side: a set-up holds a lock, each run has a folder of its own. When devstack is
// interrupted it passes the signal on, waits for the command, and stops the servers; a second signal kills. When devstack
// itself is killed, or its parent is, a small second process that waits for this stops the servers and removes the folder.
//
// Exit codes besides the command's own: 2 bad flags or environment, 127 no such command, 1 a server could not be had.
package main
