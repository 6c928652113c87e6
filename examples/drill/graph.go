package main

import (
	"context"
	"errors"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/neoserver"
)

// graphServer is a Neo4j server with a connection to it.
type graphServer struct {
	*neoserver.Server
	driver neo4j.DriverWithContext
}

// newGraph starts an empty one.
func newGraph(ctx context.Context) (*graphServer, error) {
	server, err := neoserver.New(ctx)
	if err != nil {
		return nil, err
	}
	driver, err := server.Driver()
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return &graphServer{server, driver}, nil
}

func (g *graphServer) close(ctx context.Context) error {
	return errors.Join(g.driver.Close(context.WithoutCancel(ctx)), g.Close())
}
