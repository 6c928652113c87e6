package pgwal

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

// member is an entry of an archive, checked.
type member struct {
	Path string // below the data directory: those of a tablespace begin with pg_tblspc/oid
	Mode uint32 // permissions
	Size int64  // bytes of a file
	Kind string // file, dir or link
	Link string // where a link of a tablespace leads to
}

// The kinds of member.
const (
	kindFile = "file"
	kindDir  = "dir"
	kindLink = "link"
)

// tarReader reads the members of one archive of a base backup. It is made for what PostgreSQL sends, and refuses all else:
// absolute paths, paths that leave the folder, devices, hard links, links other than those of tablespaces.
type tarReader struct {
	in     *tar.Reader
	prefix string // of the tablespace
}

func newTarReader(in io.Reader, tablespace *Tablespace) *tarReader {
	t := &tarReader{in: tar.NewReader(in)}
	if tablespace != nil {
		t.prefix = path.Join("pg_tblspc", tablespace.OID)
	}
	return t
}

// next goes to the next member; io.EOF: there is none.
func (t *tarReader) next() (member, error) {
	h, err := t.in.Next()
	switch {
	case err == io.EOF:
		return member{}, err
	case errors.Is(err, tar.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF):
		return member{}, &backup.CorruptError{Object: "base backup", Text: "the tar archive is torn or malformed", Err: err}
	case err != nil:
		return member{}, err
	}
	name := strings.TrimSuffix(h.Name, "/")
	if h.Typeflag == tar.TypeDir {
		name = strings.TrimPrefix(name, "./")
	}
	if t.prefix != "" && name == "." && h.Typeflag == tar.TypeDir {
		return member{Path: t.prefix, Mode: uint32(h.Mode) & 0o777, Kind: kindDir}, nil
	}
	if err := checkPath(name); err != nil {
		return member{}, fmt.Errorf("a member of the archive: %w", err)
	}
	m := member{Path: path.Join(t.prefix, name), Mode: uint32(h.Mode) & 0o777, Kind: kindFile, Size: h.Size}
	switch h.Typeflag {
	case tar.TypeReg:
	case tar.TypeDir:
		m.Kind, m.Size = kindDir, 0
	case tar.TypeSymlink:
		m.Kind, m.Size, m.Link = kindLink, 0, h.Linkname
		return m, checkLink(t.prefix, m)
	default:
		return member{}, fmt.Errorf("pgwal: a member of the archive has type %q, expected a file, a folder or a tablespace's link", h.Typeflag)
	}
	return m, nil
}

// checkLink allows the links of tablespaces alone, pg_tblspc/oid, which lead to an absolute path.
func checkLink(prefix string, m member) error {
	dir, oid := path.Split(m.Path)
	if prefix != "" || dir != "pg_tblspc/" || checkOID(oid) != nil {
		return fmt.Errorf("pgwal: a member of the archive is a symbolic link, expected none but those of tablespaces")
	}
	if !path.IsAbs(m.Link) || strings.ContainsRune(m.Link, 0) {
		return fmt.Errorf("pgwal: the link of a tablespace leads to %d bytes, expected an absolute path", len(m.Link))
	}
	return nil
}
