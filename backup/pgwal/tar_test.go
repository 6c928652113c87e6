package pgwal

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
)

// archived returns a tar archive of headers, with content for files.
func archived(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for _, h := range headers {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, strings.NewReader(strings.Repeat("x", int(h.Size))), h.Size); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func TestTarReader(t *testing.T) {
	t.Parallel()
	space := &Tablespace{OID: "16400", Location: "/srv/space"}
	for name, test := range map[string]struct {
		space  *Tablespace
		header tar.Header
		want   member
		refuse bool
	}{
		"file":              {nil, tar.Header{Name: "base/1/1259", Typeflag: tar.TypeReg, Mode: 0o600, Size: 8192}, member{"base/1/1259", 0o600, 8192, kindFile, ""}, false},
		"folder":            {nil, tar.Header{Name: "pg_wal/archive_status/", Typeflag: tar.TypeDir, Mode: 0o700}, member{"pg_wal/archive_status", 0o700, 0, kindDir, ""}, false},
		"file of a space":   {space, tar.Header{Name: "PG_15_202209061/5/1", Typeflag: tar.TypeReg, Mode: 0o600, Size: 1}, member{"pg_tblspc/16400/PG_15_202209061/5/1", 0o600, 1, kindFile, ""}, false},
		"link":              {nil, tar.Header{Name: "pg_tblspc/16400", Typeflag: tar.TypeSymlink, Mode: 0o777, Linkname: "/srv/space"}, member{"pg_tblspc/16400", 0o777, 0, kindLink, "/srv/space"}, false},
		"Japanese":          {nil, tar.Header{Name: "メモ", Typeflag: tar.TypeReg, Mode: 0o600}, member{"メモ", 0o600, 0, kindFile, ""}, false},
		"set-user-id":       {nil, tar.Header{Name: "a", Typeflag: tar.TypeReg, Mode: 0o4755}, member{"a", 0o755, 0, kindFile, ""}, false},
		"absolute":          {nil, tar.Header{Name: "/etc/passwd", Typeflag: tar.TypeReg}, member{}, true},
		"parent":            {nil, tar.Header{Name: "../a", Typeflag: tar.TypeReg}, member{}, true},
		"parent within":     {nil, tar.Header{Name: "base/../../a", Typeflag: tar.TypeReg}, member{}, true},
		"parent of a space": {space, tar.Header{Name: "../16401/a", Typeflag: tar.TypeReg}, member{}, true},
		"not clean":         {nil, tar.Header{Name: "base//1", Typeflag: tar.TypeReg}, member{}, true},
		"backslash":         {nil, tar.Header{Name: `base\1`, Typeflag: tar.TypeReg}, member{}, true},
		"nothing":           {nil, tar.Header{Name: "/", Typeflag: tar.TypeDir}, member{}, true},
		"link elsewhere":    {nil, tar.Header{Name: "base", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, member{}, true},
		"link of no number": {nil, tar.Header{Name: "pg_tblspc/a", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, member{}, true},
		"relative link":     {nil, tar.Header{Name: "pg_tblspc/1", Typeflag: tar.TypeSymlink, Linkname: "../a"}, member{}, true},
		"link within space": {space, tar.Header{Name: "1", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, member{}, true},
		"hard link":         {nil, tar.Header{Name: "a", Typeflag: tar.TypeLink, Linkname: "b"}, member{}, true},
		"character device":  {nil, tar.Header{Name: "a", Typeflag: tar.TypeChar}, member{}, true},
		"block device":      {nil, tar.Header{Name: "a", Typeflag: tar.TypeBlock}, member{}, true},
		"pipe":              {nil, tar.Header{Name: "a", Typeflag: tar.TypeFifo}, member{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newTarReader(bytes.NewReader(archived(t, test.header)), test.space).next()
			if (err != nil) != test.refuse {
				t.Fatalf("error %v, refuse %t", err, test.refuse)
			}
			if diff := cmp.Diff(test.want, got); diff != "" && !test.refuse {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTarReaderTorn finds an archive that ends early.
func TestTarReaderTorn(t *testing.T) {
	t.Parallel()
	whole := archived(t, tar.Header{Name: "a", Typeflag: tar.TypeReg, Size: 1000})
	r := newTarReader(bytes.NewReader(whole[:300]), nil)
	if _, err := r.next(); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("a torn header: %v", err)
	}
	whole[100] ^= 1
	if _, err := newTarReader(bytes.NewReader(whole), nil).next(); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("a damaged header: %v", err)
	}
}

// FuzzTar reads anything: what it lets in stays below the data directory.
func FuzzTar(f *testing.F) {
	f.Add(archived(f, tar.Header{Name: "base/1/1259", Typeflag: tar.TypeReg, Mode: 0o600, Size: 10}), false)
	f.Add(archived(f, tar.Header{Name: "pg_tblspc/1", Typeflag: tar.TypeSymlink, Linkname: "/srv"}), true)
	f.Fuzz(func(t *testing.T, data []byte, space bool) {
		var of *Tablespace
		if space {
			of = &Tablespace{OID: "1"}
		}
		r := newTarReader(bytes.NewReader(data), of)
		for {
			m, err := r.next()
			if err != nil {
				return
			}
			inside := path.Clean("/data/" + m.Path)
			if !strings.HasPrefix(inside, "/data/") || inside != "/data/"+m.Path || space && !strings.HasPrefix(m.Path, "pg_tblspc/1") {
				t.Fatalf("let in %q", m.Path)
			}
			if m.Kind == kindLink && (space || !strings.HasPrefix(m.Path, "pg_tblspc/")) {
				t.Fatalf("let in a link %q", m.Path)
			}
		}
	})
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"base/1/2", "../a", "/a", "a/../b", "a/..", ".", "a\x00b", "..", "...", "a/", "メモ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if checkPath(name) != nil {
			return
		}
		if got := path.Join("/x/data", name); got != "/x/data/"+name || !strings.HasPrefix(got, "/x/data/") || strings.Contains(got, "/../") {
			t.Fatalf("let in %q", name)
		}
	})
}

// smallArchive has one file, backup_label, of three bytes.
func smallArchive(t testing.TB) string {
	t.Helper()
	return string(archived(t, tar.Header{Name: "backup_label", Typeflag: tar.TypeReg, Mode: 0o600, Size: 3}))
}
