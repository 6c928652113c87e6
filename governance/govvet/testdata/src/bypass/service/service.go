// Package service calls repositories by interfaces and knows no driver.
package service

import (
	"context"

	"bypass/ports"
)

type Store interface {
	Load(ctx context.Context, id int) (string, error)
}

type Service struct {
	store Store
	repo  ports.Repository
}

func New(s Store, r ports.Repository) *Service { return &Service{s, r} }

func (s *Service) Show(ctx context.Context, id int) (string, error) { return s.store.Load(ctx, id) }

func (s *Service) Find(ctx context.Context, id int) (string, error) { return s.repo.Find(ctx, id) }
