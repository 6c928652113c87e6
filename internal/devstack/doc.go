// Devstack runs a command with private servers: PostgreSQL with pgvector, and Neo4j Community.
//
//	go run ./internal/devstack go test ./...                   # all tests, with real servers
//	go run ./internal/devstack -no-neo4j psql ...              # PostgreSQL alone: a third of a second
//	go run ./internal/devstack -print                          # keep them running, and say where they are
//
// The command finds SHUGO_POSTGRES_URL, SHUGO_NEO4J_URL, SHUGO_NEO4J_USER and SHUGO_NEO4J_PASSWORD in its environment.
// A server that the environment names already is used as it is, each of the two on its own.
//
// # The first run and the others
//
// The first run sets up what is missing, says what it does, and takes about a minute, most of which is the download of
// Neo4j (130 MB). As root on a Debian it installs what it needs: PostgreSQL, pgvector (which it builds from Debian's source
// package where there is no other), Java, Maven. Anybody else is told which command would install it. What it prepared is
// kept in the user's cache folder, or in the folder that SHUGO_DEVSTACK_DIR names; removing that folder is always safe.
// Later runs copy a prepared cluster and a prepared home, and have both servers in about five seconds.
//
// A set-up that ended half way, or that was damaged since, is noticed and made again: it ends with a list of its files,
// their sizes and their sums.
//
// # What is private
//
// The servers listen on free loopback ports, with passwords made for this machine, and hold nothing but what the command
// puts there. The database is called shugo and belongs to the superuser of the same name; databases that the command
// creates have pgvector already. PostgreSQL is set up for tests: it does not wait for the disk (-durable makes it), takes
// 200 connections, replicates logically and physically. As root, it runs as the user postgres, which refuses root.
//
// Any number of devstacks run side by side: a set-up holds a lock, and each run has a folder of its own below TMPDIR (or
// below /var/tmp, where the server's account could not reach TMPDIR), with the data and the logs.
//
// # The end
//
// Devstack is silent on standard output, which belongs to the command, as standard input does. Its exit code is the
// command's, or 128 and the number of the signal that ended it; 2 stands for bad flags or a bad environment, 126 and 127
// for a command that cannot be run or is not there, and 1 for servers that could not be had. (`go run` itself makes 1 of
// all but 0: build devstack where the code matters.)
//
// Nothing stays behind. An interrupt is passed on to the command and all of its process group; when the command has
// ended, so has what it left running in its group, and the servers. A second signal kills. At a terminal the command
// stays in devstack's own group, since only the foreground group may read the keyboard; a Ctrl-C then reaches the command
// from the terminal and is not passed on a second time (so that, there, somebody who wants to end devstack by number sends
// SIGTERM, not SIGINT). When devstack is killed, or its parent is, a second process that waits for nothing else ends the
// command and the servers and removes the folder; when that one is killed too, Linux ends them. The folder of a run that
// ended with the machine is removed by a later run.
package main
