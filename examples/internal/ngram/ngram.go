// Package ngram makes the embeddings of the tutor example from hashed character n-grams. It is no language model: two
// texts are near when they share short runs of characters, which works for Japanese without spaces and needs nothing to
// be downloaded. A real backend asks its model here.
package ngram

import (
	"hash/fnv"
	"math"
	"strings"
)

// Dimensions is the length of an embedding.
const Dimensions = 1536

// longest is the length in characters of the longest runs that are counted.
const longest = 3

// Embed returns the embedding of a text: each run of one to three characters, in lower case and without white space, adds
// its sign to the dimension that its FNV-1a hash falls on (the hashing trick of Weinberger and others, 2009). The result
// has length 1; that of a text without characters is all zero.
func Embed(text string) []float32 {
	runes := []rune(strings.ToLower(strings.Join(strings.Fields(text), "")))
	sums := make([]float64, Dimensions)
	for n := 1; n <= longest; n++ {
		for i := 0; i+n <= len(runes); i++ {
			h := fnv.New64a()
			h.Write([]byte(string(runes[i : i+n])))
			hash := h.Sum64()
			weight := float64(n) // longer runs say more
			if hash>>63 == 1 {
				weight = -weight
			}
			sums[hash%Dimensions] += weight
		}
	}
	return normalised(sums)
}

// Similarity returns the cosine of the angle between two embeddings: 1 for the same direction.
func Similarity(a, b []float32) float64 {
	var dot float64
	for i := range min(len(a), len(b)) {
		dot += float64(a[i]) * float64(b[i])
	}
	return dot
}

func normalised(sums []float64) []float32 {
	var square float64
	for _, v := range sums {
		square += v * v
	}
	vector := make([]float32, len(sums))
	if square == 0 {
		return vector
	}
	length := math.Sqrt(square)
	for i, v := range sums {
		vector[i] = float32(v / length)
	}
	return vector
}
