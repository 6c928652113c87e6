// Package replication is a client of PostgreSQL's streaming replication protocol, for physical replication: what
// receives the write-ahead log, and what takes base backups, stand on it. It needs no other program.
//
// Servers from version 14 on are spoken to. Errors of the server and of the network are a *pgerror.Failure, whose text
// holds no address and no value; pgerror.State tells the server's code. What a server may not send is ErrProtocol.
package replication
