package quality

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
)

// Distinct counts the different values among any number of them. Up to 1,536 it keeps their hashes, and its answer is
// exact but for two values with one 64-bit hash (odds below 1e-13). Beyond, it is a HyperLogLog (Flajolet, Fusy,
// Gandouet, Meunier, 2007) of 16,384 registers with the improved raw estimator of Ertl (New Cardinality Estimation
// Algorithms for HyperLogLog Sketches, 2017, algorithm 6), which needs no tables of bias and no threshold.
//
// States form a commutative, idempotent monoid under Merge, with the zero value as identity: equal sets of values give equal
// bytes, however they were split and merged. There is no inverse: a register is the greatest of its values, which does not
// tell what it was without one of them. States must not be copied, and are not for concurrent use.
//
// A state keeps no value, but whoever has its bytes can confirm a guess against the hashes. Personal data that can be guessed,
// such as an address, is for AddHash, with a hash under a secret key.
type Distinct struct {
	hashes    map[uint64]struct{} // while there are no registers
	registers *[distinctRegisters]uint8
}

const (
	distinctPrecision = 14
	distinctRegisters = 1 << distinctPrecision
	distinctRanks     = 64 - distinctPrecision + 1 // the greatest rank
	distinctHashes    = distinctPacked / 8         // as many as take the room of the registers
	distinctPacked    = distinctRegisters * 6 / 8  // bytes
)

// AddString adds a value. The hash is XXH64 with seed 0: the same for the same bytes in every process and on every machine.
func (d *Distinct) AddString(s string) { d.AddHash(hash64([]byte(s))) }

// AddBytes adds a value, with the hash of AddString.
func (d *Distinct) AddBytes(b []byte) { d.AddHash(hash64(b)) }

// AddHash adds the value with a hash, whose bits must be uniform. Two states tell the union only if their hashes are of one
// function.
func (d *Distinct) AddHash(hash uint64) {
	if d.registers != nil {
		d.raise(hash)
		return
	}
	if d.hashes == nil {
		d.hashes = make(map[uint64]struct{})
	}
	d.hashes[hash] = struct{}{}
	if len(d.hashes) > distinctHashes {
		d.condense()
	}
}

// raise puts a hash into its register: the first 14 bits choose it, and its rank is the place of the first one after them.
func (d *Distinct) raise(hash uint64) {
	i := hash >> (64 - distinctPrecision)
	rank := uint8(bits.LeadingZeros64(hash<<distinctPrecision|1<<(distinctPrecision-1)) + 1)
	if rank > d.registers[i] {
		d.registers[i] = rank
	}
}

// condense goes from hashes to registers.
func (d *Distinct) condense() {
	if d.registers != nil {
		return
	}
	d.registers = new([distinctRegisters]uint8)
	for hash := range d.hashes {
		d.raise(hash)
	}
	d.hashes = nil
}

// Register raises register i, from 0 to 16383, to a rank, from 0 to 51, that was computed elsewhere, such as by a database:
// i is the first 14 bits of a hash, and the rank is one more than the zeros that follow them. Such a state no longer counts
// exactly. Rank 0 is that of a register without a value and changes nothing.
func (d *Distinct) Register(i int, rank int) error {
	if i < 0 || i >= distinctRegisters {
		return fmt.Errorf("quality: register %d of Distinct: want 0 to %d", i, distinctRegisters-1)
	}
	if rank < 0 || rank > distinctRanks {
		return fmt.Errorf("quality: rank %d of register %d of Distinct: want 0 to %d", rank, i, distinctRanks)
	}
	if rank > 0 {
		d.condense()
		d.registers[i] = max(d.registers[i], uint8(rank))
	}
	return nil
}

// Estimate returns how many different values there are, and the standard error of that as a share of it: 0 where the values
// were counted, and 0.0081 (Ertl 2017: sqrt(3 ln 2 - 1) / 128) where they are estimated.
func (d *Distinct) Estimate() (n uint64, standardError float64) {
	if d.registers == nil {
		return uint64(len(d.hashes)), 0
	}
	standardError = math.Sqrt(3*math.Ln2-1) / math.Sqrt(distinctRegisters)
	estimate := math.Round(estimateDistinct(d.registers))
	if estimate >= 1<<64 { // every register is full: no data does that
		return math.MaxUint64, standardError
	}
	return uint64(estimate), standardError
}

// estimateDistinct is algorithm 6 of Ertl 2017.
func estimateDistinct(registers *[distinctRegisters]uint8) float64 {
	var count [distinctRanks + 1]int
	for _, rank := range registers {
		count[rank]++
	}
	const m = float64(distinctRegisters)
	z := m * distinctTau(1-float64(count[distinctRanks])/m)
	for rank := distinctRanks - 1; rank >= 1; rank-- {
		z = (z + float64(count[rank])) / 2
	}
	z += m * distinctSigma(float64(count[0])/m)
	return m / (2 * math.Ln2) * (m / z)
}

// distinctSigma corrects for the share x of registers without a value, less than all: x + the sum of x^(2^k) 2^(k-1) from k = 1.
func distinctSigma(x float64) float64 {
	sum, weight := x, 1.0
	for last := math.NaN(); sum != last; weight *= 2 {
		x *= x
		last = sum
		sum += x * weight
	}
	return sum
}

// distinctTau corrects for the share 1-x of registers that are full: a third of 1 - x - the sum of (1-x^(2^-k))^2 2^-k
// from k = 1.
func distinctTau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	sum, weight := 1-x, 1.0
	for last := math.NaN(); sum != last; {
		x = math.Sqrt(x)
		last = sum
		weight /= 2
		sum -= (1 - x) * (1 - x) * weight
	}
	return sum / 3
}

// Merge adds the values of another state. It never fails: the error is there for what merges any kind of state.
func (d *Distinct) Merge(other *Distinct) error {
	if other.registers == nil {
		for hash := range other.hashes {
			d.AddHash(hash)
		}
		return nil
	}
	d.condense()
	for i, rank := range other.registers {
		d.registers[i] = max(d.registers[i], rank)
	}
	return nil
}

// The forms of a state in bytes. Hashes are in ascending order, of eight bytes each, the least first; they are there
// whenever there are no registers. Registers are listed while that is shorter: in ascending order, of three bytes each, two
// of the index, the least first, and the rank. Else all are packed, of six bits each, the least significant first.
const (
	formHashes = iota
	formListed
	formPacked

	distinctListed = distinctPacked/3 - 1 // the most registers to list
)

// AppendBinary appends the canonical bytes: eight for each of up to 1,536 values, and at most 12,293. It never fails.
func (d *Distinct) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, kindDistinct, stateVersion)
	if d.registers == nil {
		return d.appendHashes(append(b, formHashes)), nil
	}
	filled := 0
	for _, rank := range d.registers {
		if rank > 0 {
			filled++
		}
	}
	if filled > distinctListed {
		return d.appendPacked(append(b, formPacked)), nil
	}
	b = binary.AppendUvarint(append(b, formListed), uint64(filled))
	for i, rank := range d.registers {
		if rank > 0 {
			b = append(binary.LittleEndian.AppendUint16(b, uint16(i)), rank)
		}
	}
	return b, nil
}

func (d *Distinct) appendHashes(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(d.hashes)))
	for _, hash := range slices.Sorted(maps.Keys(d.hashes)) {
		b = binary.LittleEndian.AppendUint64(b, hash)
	}
	return b
}

func (d *Distinct) appendPacked(b []byte) []byte {
	for i := 0; i < distinctRegisters; i += 4 {
		r := d.registers[i : i+4]
		four := uint32(r[0]) | uint32(r[1])<<6 | uint32(r[2])<<12 | uint32(r[3])<<18
		b = append(b, byte(four), byte(four>>8), byte(four>>16))
	}
	return b
}

// MarshalBinary returns what AppendBinary appends.
func (d *Distinct) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary sets the state to that of canonical bytes. Other bytes are a *DecodeError and change nothing.
func (d *Distinct) UnmarshalBinary(data []byte) error {
	r := decodeState("Distinct", kindDistinct, data)
	var state Distinct
	at := r.at
	switch form := r.byte("the form"); form {
	case formHashes:
		state.hashes = r.hashes()
	case formListed:
		state.registers = r.listed()
	case formPacked:
		state.registers = r.packed()
	default:
		r.fail(at, "found form %d, want 0, 1 or 2", form)
	}
	if err := r.end(); err != nil {
		return err
	}
	*d = state
	return nil
}

func (d *stateDecoder) hashes() map[uint64]struct{} {
	n := d.length("hashes", distinctHashes, 8)
	hashes := make(map[uint64]struct{}, n)
	var last uint64
	for i := range n {
		hash := binary.LittleEndian.Uint64(d.take(8, "a hash"))
		if i > 0 && hash <= last {
			d.fail(d.at-8, "found hash %d of %d not above the one before it", i, n)
			return nil
		}
		hashes[hash] = struct{}{}
		last = hash
	}
	return hashes
}

func (d *stateDecoder) listed() *[distinctRegisters]uint8 {
	at := d.at
	n := d.length("registers", distinctListed, 3)
	if n == 0 {
		d.fail(at, "found no registers, want the form of hashes for none")
		return nil
	}
	var registers [distinctRegisters]uint8
	last := -1
	for range n {
		at := d.at
		b := d.take(3, "a register")
		i, rank := int(binary.LittleEndian.Uint16(b)), b[2]
		if i <= last || i >= distinctRegisters || rank < 1 || rank > distinctRanks {
			d.fail(at, "found register %d of rank %d, want one above %d and below %d of rank 1 to %d", i, rank, last, distinctRegisters, distinctRanks)
			return nil
		}
		registers[i] = rank
		last = i
	}
	return &registers
}

func (d *stateDecoder) packed() *[distinctRegisters]uint8 {
	at := d.at
	b := d.take(distinctPacked, "the packed registers")
	if b == nil {
		return nil
	}
	var registers [distinctRegisters]uint8
	filled := 0
	for i := range registers {
		three := b[i/4*3:][:3]
		four := uint32(three[0]) | uint32(three[1])<<8 | uint32(three[2])<<16
		rank := uint8(four >> (i % 4 * 6) & 63)
		if rank > distinctRanks {
			d.fail(at, "found rank %d of register %d, want at most %d", rank, i, distinctRanks)
			return nil
		}
		if rank > 0 {
			filled++
		}
		registers[i] = rank
	}
	if filled <= distinctListed {
		d.fail(at, "found %d packed registers, want up to %d listed", filled, distinctListed)
	}
	return &registers
}

// The primes of XXH64.
const (
	prime1 uint64 = 0x9e3779b185ebca87
	prime2 uint64 = 0xc2b2ae3d27d4eb4f
	prime3 uint64 = 0x165667b19e3779f9
	prime4 uint64 = 0x85ebca77c2b2ae63
	prime5 uint64 = 0x27d4eb2f165667c5
)

// hash64 is XXH64 with seed 0 (Collet, xxHash fast digest algorithm, 2012).
func hash64(b []byte) uint64 {
	h, length := prime5, uint64(len(b))
	if len(b) >= 32 {
		h, b = hashStripes(b)
	}
	h += length
	for ; len(b) >= 8; b = b[8:] {
		h ^= hashRound(0, binary.LittleEndian.Uint64(b))
		h = bits.RotateLeft64(h, 27)*prime1 + prime4
	}
	if len(b) >= 4 {
		h ^= uint64(binary.LittleEndian.Uint32(b)) * prime1
		h = bits.RotateLeft64(h, 23)*prime2 + prime3
		b = b[4:]
	}
	for _, c := range b {
		h ^= uint64(c) * prime5
		h = bits.RotateLeft64(h, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}

// hashStripes takes in all whole stripes of 32 bytes, each in four lanes, and returns what is left.
func hashStripes(b []byte) (uint64, []byte) {
	first, second, third, fourth := prime1, prime2, uint64(0), ^prime1+1
	first += prime2 // wraps, as a constant may not
	for ; len(b) >= 32; b = b[32:] {
		first = hashRound(first, binary.LittleEndian.Uint64(b[:8]))
		second = hashRound(second, binary.LittleEndian.Uint64(b[8:16]))
		third = hashRound(third, binary.LittleEndian.Uint64(b[16:24]))
		fourth = hashRound(fourth, binary.LittleEndian.Uint64(b[24:32]))
	}
	h := bits.RotateLeft64(first, 1) + bits.RotateLeft64(second, 7) + bits.RotateLeft64(third, 12) + bits.RotateLeft64(fourth, 18)
	h = hashLane(h, first)
	h = hashLane(h, second)
	h = hashLane(h, third)
	return hashLane(h, fourth), b
}

func hashLane(h, lane uint64) uint64 { return (h^hashRound(0, lane))*prime1 + prime4 }

func hashRound(lane, input uint64) uint64 {
	return bits.RotateLeft64(lane+input*prime2, 31) * prime1
}
