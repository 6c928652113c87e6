package replication_test

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/replication"
)

// xlogData is a piece of a log as a server sends it.
func xlogData(start, end, micros uint64, data string) []byte {
	b := binary.BigEndian.AppendUint64([]byte{'w'}, start)
	b = binary.BigEndian.AppendUint64(b, end)
	return append(binary.BigEndian.AppendUint64(b, micros), data...)
}

// keepalive is a sign of life as a server sends it.
func keepalive(end, micros uint64, reply byte) []byte {
	b := binary.BigEndian.AppendUint64([]byte{'k'}, end)
	return append(binary.BigEndian.AppendUint64(b, micros), reply)
}

func TestParseMessage(t *testing.T) {
	t.Parallel()
	second := time.Date(2000, 1, 1, 0, 0, 1, 0, time.UTC)
	for name, test := range map[string]struct {
		body []byte
		want replication.Message
		err  error
	}{
		"data":              {xlogData(0x100, 0x200, 1e6, "abc"), replication.Message{Start: 0x100, End: 0x200, Time: second, Data: []byte("abc")}, nil},
		"data of no bytes":  {xlogData(0x100, 0x200, 1e6, ""), replication.Message{Start: 0x100, End: 0x200, Time: second, Data: []byte{}}, nil},
		"sign of life":      {keepalive(0x200, 1e6, 0), replication.Message{End: 0x200, Time: second}, nil},
		"question":          {keepalive(0x200, 1e6, 1), replication.Message{End: 0x200, Time: second, Reply: true}, nil},
		"nothing":           {nil, replication.Message{}, replication.ErrProtocol},
		"other":             {[]byte("xyz"), replication.Message{}, replication.ErrProtocol},
		"short data":        {xlogData(1, 2, 3, "")[:24], replication.Message{}, replication.ErrProtocol},
		"short sign":        {keepalive(1, 2, 0)[:17], replication.Message{}, replication.ErrProtocol},
		"long sign":         {append(keepalive(1, 2, 0), 0), replication.Message{}, replication.ErrProtocol},
		"beyond the end":    {xlogData(1<<64-2, 0, 0, "abc"), replication.Message{}, replication.ErrProtocol},
		"up to the end":     {xlogData(1<<64-4, 0, 1e6, "abc"), replication.Message{Start: 1<<64 - 4, Time: second, Data: []byte("abc")}, nil},
		"time before epoch": {keepalive(0, 1<<64-1e6, 0), replication.Message{Time: second.Add(-2 * time.Second)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := replication.ParseMessage(test.body)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, expected %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add(xlogData(1, 2, 3, "data"))
	f.Add(keepalive(1, 2, 1))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := replication.ParseMessage(body)
		switch {
		case err != nil && !errors.Is(err, replication.ErrProtocol):
			t.Errorf("error %v", err)
		case err == nil && len(m.Data) > 0 && uint64(m.Start)+uint64(len(m.Data)) < uint64(m.Start):
			t.Errorf("a piece from %s that wraps", m.Start)
		case err == nil && len(m.Data) > 0 && len(m.Data) != len(body)-25:
			t.Errorf("%d bytes of %d", len(m.Data), len(body))
		}
	})
}

func TestParseHistory(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []replication.Switch
		err  error
	}{
		"one":        {"1\t0/3000110\tno recovery target specified\n", []replication.Switch{{Parent: 1, LSN: 0x3000110}}, nil},
		"two":        {"1\t0/300\tx\n\n2\t1/0\tbefore 2026-01-01 00:00:00+00\n", []replication.Switch{{Parent: 1, LSN: 0x300}, {Parent: 2, LSN: 1 << 32}}, nil},
		"comments":   {"# by hand\n  1 0/300\n", []replication.Switch{{Parent: 1, LSN: 0x300}}, nil},
		"empty":      {"", nil, nil},
		"one field":  {"1\n", nil, replication.ErrProtocol},
		"no number":  {"x\t0/300\n", nil, replication.ErrProtocol},
		"no LSN":     {"1\t300\n", nil, replication.ErrProtocol},
		"zero":       {"0\t0/300\n", nil, replication.ErrProtocol},
		"descending": {"2\t0/300\tx\n1\t0/400\tx\n", nil, replication.ErrProtocol},
		"going back": {"1\t0/300\tx\n2\t0/200\tx\n", nil, replication.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := replication.ParseHistory([]byte(test.text))
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, expected %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParseHistory(f *testing.F) {
	f.Add([]byte("1\t0/3000110\tno recovery target specified\n\n2\t0/5000000\tx"))
	f.Add([]byte("# comment\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := replication.ParseHistory(text)
		if err != nil && !errors.Is(err, replication.ErrProtocol) {
			t.Errorf("error %v", err)
		}
		for i := 1; i < len(all); i++ {
			if all[i].Parent <= all[i-1].Parent || all[i].LSN < all[i-1].LSN {
				t.Errorf("%v goes back", all)
			}
		}
	})
}

func TestParseSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]uint64{"16MB": 16 << 20, "1GB": 1 << 30, "8192": 8192, "512kB": 512 << 10, "7B": 7} {
		if got, err := replication.ParseSize(text); err != nil || got != want {
			t.Errorf("size %q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MB", "-1MB", "16 MB", "99999999999999TB", "x"} {
		if got, err := replication.ParseSize(text); !errors.Is(err, replication.ErrProtocol) {
			t.Errorf("size %q is %d, %v", text, got, err)
		}
	}
	for text, want := range map[string]time.Duration{"1min": time.Minute, "500ms": 500 * time.Millisecond, "30s": 30 * time.Second,
		"0": 0, "2h": 2 * time.Hour, "1d": 24 * time.Hour, "250us": 250 * time.Microsecond} {
		if got, err := replication.ParseDuration(text); err != nil || got != want {
			t.Errorf("duration %q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s", "-1s", "1 min", "9999999999s"} {
		if got, err := replication.ParseDuration(text); !errors.Is(err, replication.ErrProtocol) {
			t.Errorf("duration %q is %v, %v", text, got, err)
		}
	}
}

func TestCheckSlotName(t *testing.T) {
	t.Parallel()
	for name, valid := range map[string]bool{"shugo": true, "a_1": true, "": false, "Shugo": false, "a b": false, "a;b": false, "守": false,
		"a234567890123456789012345678901234567890123456789012345678901234": false} {
		if err := replication.CheckSlotName(name); (err == nil) != valid {
			t.Errorf("%q: %v", name, err)
		}
	}
}
