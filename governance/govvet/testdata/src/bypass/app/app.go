// App brings a service and raw repositories together.
package main // want `\(bypass/ports.Repository\).Find goes around the guard: it is called at bypass/service/service.go:\d+ without one, and in bypass/pgrepo it is a raw call`

import (
	"context"

	"bypass/pgrepo"
	"bypass/service"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx := context.Background()
	pool, _ := pgxpool.New(ctx, "")
	store := &pgrepo.Store{Pool: pool}
	s := service.New(store, pgrepo.New(pool)) // want `\(\*pgrepo.Store\).Load goes around the guard: as service.Store.Load it is called at bypass/service/service.go:\d+ without one`
	s.Show(ctx, 1)
	pgrepo.New(pool).Save(ctx, "x") // want `ports.Repository.Save goes around the guard: in bypass/pgrepo`
}
