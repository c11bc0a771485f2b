package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	// Inclusion proofs checked, spread over the log: each of them hashes some
	// whole tiles again.
	inclusionsMax = 100
)

type question struct {
	logVkeys   []string // of the node; each log signs under its own name
	peerKeys   []note.Verifier
	quorum     int
	inclusions int64
	since      []byte
	sinceLog   int // that since is of
	newest     int // number of the newest log
	memo       *memo
}

type report struct {
	logs                      int
	entries                   int64  // of all logs
	pruned                    int64  // of these
	origin                    string // of the newest log, as what follows
	size, cosignedSize        int64
	root                      tlog.Hash
	cosigners                 []string
	inclusions, consistencies int
	faults                    []string
}

func (r *report) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// readFolder reads every file below root, by its path with slashes.
func readFolder(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s: not a plain file", path)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	return files, err
}

// A checkpoint is a tree as a note states it.
type checkpoint struct {
	text      string
	origin    string
	tree      tlog.Tree
	cosigners []string // of the peers whose keys were given
}

// parseBody reads "origin\nsize\nbase64(root)\n" and nothing else.
func parseBody(text string) (c checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] == "" {
		return c, errors.New("not three lines")
	}
	c.origin = lines[0]
	if c.tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil ||
		c.tree.N < 0 || strconv.FormatInt(c.tree.N, 10) != lines[1] {
		return c, errors.New("the size is not a number")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize ||
		base64.StdEncoding.EncodeToString(root) != lines[2] {
		return c, errors.New("the root is not 32 bytes of base64")
	}
	copy(c.tree.Hash[:], root)
	c.text = text
	return c, nil
}

// openCheckpoint checks every signature line: one by log number n must be
// there, and none may be wrong or by nobody known.
func openCheckpoint(text []byte, q question, keys keysFile, n int) (c checkpoint, err error) {
	logKeys, err := keysOfLog(q.logVkeys, n)
	if err != nil {
		return c, err
	}
	named, err := keysOfLog(keys.logVkeys, n)
	if err != nil {
		return c, err
	}
	var known []note.Verifier
	seen := map[string]bool{}
	for _, list := range [][]note.Verifier{logKeys, q.peerKeys, named, keys.cosigners} {
		for _, v := range list {
			if id := fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash()); !seen[id] {
				seen[id] = true
				known = append(known, recallingVerifier{v, q.memo})
			}
		}
	}
	opened, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		return c, err
	}
	if len(opened.UnverifiedSigs) > 0 {
		return c, fmt.Errorf("signature by %q, whose key is not known",
			opened.UnverifiedSigs[0].Name)
	}
	if c, err = parseBody(opened.Text); err != nil {
		return c, err
	}
	byLog := false
	names := map[string]bool{}
	for _, sig := range opened.Sigs {
		// The library takes what base64 leaves open; a note has one spelling.
		raw, _ := base64.StdEncoding.DecodeString(sig.Base64)
		if base64.StdEncoding.EncodeToString(raw) != sig.Base64 {
			return c, fmt.Errorf("signature by %q is not in its one spelling", sig.Name)
		}
		for _, v := range logKeys {
			byLog = byLog || (v.Name() == sig.Name && v.KeyHash() == sig.Hash && v.Name() == c.origin)
		}
		for _, v := range q.peerKeys {
			if v.Name() == sig.Name && v.KeyHash() == sig.Hash && !names[sig.Name] {
				names[sig.Name] = true
				c.cosigners = append(c.cosigners, sig.Name)
			}
		}
	}
	if !byLog {
		return c, errors.New("not signed by the log")
	}
	return c, nil
}

// verifyLog checks log number n by itself. Bundles before pruned need not be
// there.
func verifyLog(files map[string][]byte, q question, keys keysFile, n int, pruned int64) (r report, newest checkpoint) {
	newest, err := openCheckpoint(files["checkpoint"], q, keys, n)
	if err != nil {
		r.fault("checkpoint: %v", err)
		return r, newest
	}
	r.origin, r.size, r.root = newest.origin, newest.tree.N, newest.tree.Hash
	r.cosigners, r.cosignedSize = newest.cosigners, r.size
	older := map[string]checkpoint{}
	if text, there := files["cosigned"]; there {
		c, err := openCheckpoint(text, q, keys, n)
		if err != nil {
			r.fault("cosigned: %v", err)
		} else {
			older["cosigned"] = c
			// Of a closed log only its last checkpoint counts: the next log
			// rests on it.
			if len(c.cosigners) > len(r.cosigners) && n == q.newest {
				r.cosigners, r.cosignedSize = c.cosigners, c.tree.N
			}
		}
	}
	if q.since != nil && q.sinceLog == n {
		c, err := openCheckpoint(q.since, q, keys, n)
		if err != nil {
			r.fault("since: %v", err)
		} else {
			older["since"] = c
		}
	}
	if len(r.cosigners) < q.quorum {
		r.fault("checkpoint: cosigned by %d, %d are asked for", len(r.cosigners), q.quorum)
	}
	expected := r.checkTree(files, q.memo, pruned)
	r.checkProofs(files, older, q)
	for name := range files {
		switch name {
		case "checkpoint", "cosigned":
		case "README.md", "keys":
			if n > 0 {
				r.fault("%s: no file of a log", name)
			}
		default:
			if !expected[name] {
				r.fault("%s: no file of a log of %d entries", name, r.size)
			}
		}
	}
	return r, newest
}
