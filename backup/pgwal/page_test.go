package pgwal

import (
	"encoding/binary"
	"errors"
	"strconv"
	"testing"

	"github.com/shugo-data/shugo/backup"
)

const testSystem = 7012345678901234567

// pages returns pages with sound headers from a position on, in segments of 1 MiB.
func pages(at backup.LSN, count int, timeline uint32) []byte {
	data := make([]byte, count*pageSize)
	for i := range count {
		b, page := data[i*pageSize:], uint64(at)+uint64(i)*pageSize
		binary.LittleEndian.PutUint16(b, 0xD110)
		binary.LittleEndian.PutUint32(b[4:], timeline)
		binary.LittleEndian.PutUint64(b[8:], page)
		if page%(1<<20) == 0 {
			binary.LittleEndian.PutUint64(b[24:], testSystem)
			binary.LittleEndian.PutUint32(b[32:], 1<<20)
			binary.LittleEndian.PutUint32(b[36:], pageSize)
		}
		b[100] = 1
	}
	return data
}

func newPageCheck(at backup.LSN) *pageCheck {
	return &pageCheck{system: strconv.Itoa(testSystem), timeline: 3, segment: 1 << 20, next: at}
}

// pass gives data to a check in pieces of a size.
func pass(c *pageCheck, at backup.LSN, data []byte, size int) error {
	for len(data) > 0 {
		n := min(size, len(data))
		if err := c.check(at, data[:n]); err != nil {
			return err
		}
		at, data = at+backup.LSN(n), data[n:]
	}
	return nil
}

func TestPageCheck(t *testing.T) {
	t.Parallel()
	const start = backup.LSN(0x1F0000) // eight pages before a segment
	for name, test := range map[string]struct {
		damage func(data []byte)
		sound  bool
	}{
		"sound":             {func([]byte) {}, true},
		"older timeline":    {func(b []byte) { b[4] = 2 }, true},
		"after a switch":    {func(b []byte) { clear(b[2*pageSize : 8*pageSize]) }, true},
		"magic":             {func(b []byte) { b[1] = 0 }, false},
		"another magic":     {func(b []byte) { b[5*pageSize] = 0x13 }, false},
		"address":           {func(b []byte) { b[5*pageSize+9]++ }, false},
		"newer timeline":    {func(b []byte) { b[5*pageSize+4] = 4 }, false},
		"timeline back":     {func(b []byte) { b[5*pageSize+4] = 2 }, false},
		"system identifier": {func(b []byte) { b[8*pageSize+24]++ }, false},
		"segment size":      {func(b []byte) { b[8*pageSize+34]++ }, false},
		"page size":         {func(b []byte) { b[8*pageSize+37]++ }, false},
		"empty segment":     {func(b []byte) { clear(b[8*pageSize : 9*pageSize]) }, false},
		"hole":              {func(b []byte) { clear(b[2*pageSize : 4*pageSize]) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 7, 8191, 8192, 100000, 1 << 20} {
				data := pages(start, 20, 3)
				test.damage(data)
				err := pass(newPageCheck(start), start, data, size)
				if (err == nil) != test.sound || err != nil && !errors.Is(err, backup.ErrCorrupt) {
					t.Errorf("in pieces of %d: %v", size, err)
				}
			}
		})
	}
	if err := newPageCheck(start).check(start+1, []byte{1}); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("a hole: %v", err)
	}
}

// FuzzPageCheck shows that the size of the pieces does not matter, whatever they hold.
func FuzzPageCheck(f *testing.F) {
	f.Add(uint32(0x1F0000), pages(0x1F0000, 3, 3), uint16(100))
	f.Add(uint32(0x1FE003), pages(0x1FE000, 3, 2)[3:], uint16(1))
	f.Fuzz(func(t *testing.T, at uint32, data []byte, size uint16) {
		whole := newPageCheck(backup.LSN(at)).check(backup.LSN(at), data)
		parts := pass(newPageCheck(backup.LSN(at)), backup.LSN(at), data, int(size)+1)
		if (whole == nil) != (parts == nil) {
			t.Errorf("as a whole: %v, in parts: %v", whole, parts)
		}
	})
}
