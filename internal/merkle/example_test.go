package merkle_test

import (
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/internal/merkle"
)

func Example() {
	stored := map[merkle.TileID][]merkle.Hash{}
	var log merkle.Builder
	for _, event := range []string{"read", "write", "erase"} {
		log.Append(merkle.LeafHash([]byte(event)))
	}
	err := log.Flush(func(id merkle.TileID, hashes []merkle.Hash) error {
		stored[id] = append([]merkle.Hash(nil), hashes...)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	read := func([]merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) { return stored, nil }
	proof, err := merkle.ProveInclusion(1, log.Size(), read)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d leaves, root %.4x, proof of %d hashes\n", log.Size(), log.Root(), len(proof))
	fmt.Println(merkle.VerifyInclusion(merkle.LeafHash([]byte("write")), 1, log.Size(), proof, log.Root()))
	err = merkle.VerifyInclusion(merkle.LeafHash([]byte("WRITE")), 1, log.Size(), proof, log.Root())
	fmt.Println(errors.Is(err, merkle.ErrProof))
	// Output:
	// 3 leaves, root b362e3ba, proof of 2 hashes
	// <nil>
	// true
}
