// Package setup has what may go around the guard.
package setup

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Open is exempt with all that only it calls. legitimate: exempt function
//
//shugo:ungoverned migrations run before the guard exists
func Open(ctx context.Context, pool *pgxpool.Pool) error {
	if err := migrate(ctx, pool); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "CREATE TABLE notes ()")
		return err
	})
}

func migrate(ctx context.Context, pool *pgxpool.Pool) error { // legitimate: helper of an exempt function
	_, err := pool.Exec(ctx, "CREATE TABLE notes ()")
	return err
}

// Ready has an exempt line. legitimate: line above
func Ready(ctx context.Context, pool *pgxpool.Pool) error {
	//shugo:ungoverned asks for no data
	return pool.QueryRow(ctx, "SELECT 1").Scan(nil)
}

// Settings has one at the end. legitimate: end of the line
func Settings(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET search_path TO notes") //shugo:ungoverned a setting of the connection
	return err
}

// Long has a statement of several lines. legitimate: statement of several lines
func Long(ctx context.Context, conn *pgx.Conn) (err error) {
	//shugo:ungoverned asks for no data
	err = conn.
		QueryRow(ctx,
			"SELECT 1").
		Scan(nil)
	return err
}

// Tools are exempt as a whole. legitimate: exempt type
//
//shugo:ungoverned an operator runs them by hand
type Tools struct{ pool *pgxpool.Pool }

func (t Tools) Vacuum(ctx context.Context) error {
	_, err := t.pool.Exec(ctx, "VACUUM")
	return err
}
