package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
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
	logKeys, peerKeys []note.Verifier
	quorum            int
	inclusions        int64
	since             []byte
}

type report struct {
	origin                    string
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
	return c, nil
}

// openCheckpoint checks every signature line: one by the log must be there,
// and none may be wrong or by nobody known.
func openCheckpoint(text []byte, q question, keys keysFile) (c checkpoint, err error) {
	var known []note.Verifier
	seen := map[string]bool{}
	for _, list := range [][]note.Verifier{q.logKeys, q.peerKeys, keys.log, keys.cosigners} {
		for _, v := range list {
			if id := fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash()); !seen[id] {
				seen[id] = true
				known = append(known, v)
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
		for _, v := range q.logKeys {
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

// path is tlog-tiles' name of a tile: the library's without the height, and
// "entries" for "data".
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", t.H))
	return "tile/" + strings.Replace(p, "data/", "entries/", 1)
}

// splitBundle returns the entries of a bundle; err tells what is left over.
func splitBundle(b []byte) (entries [][]byte, err error) {
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			return entries, fmt.Errorf("entry %d of the file is cut off", len(entries))
		}
		n := 2 + int(binary.BigEndian.Uint16(b))
		entries = append(entries, b[2:n])
		b = b[n:]
	}
	return entries, nil
}

func verify(files map[string][]byte, q question) (r report) {
	keys, err := parseKeys(string(files["keys"]))
	if err != nil {
		r.fault("keys: %v", err)
	}
	newest, err := openCheckpoint(files["checkpoint"], q, keys)
	if err != nil {
		r.fault("checkpoint: %v", err)
		return r
	}
	r.origin, r.size, r.root = newest.origin, newest.tree.N, newest.tree.Hash
	r.cosigners, r.cosignedSize = newest.cosigners, r.size
	older := map[string]checkpoint{}
	if text, there := files["cosigned"]; there {
		c, err := openCheckpoint(text, q, keys)
		if err != nil {
			r.fault("cosigned: %v", err)
		} else {
			older["cosigned"] = c
			if len(c.cosigners) > len(r.cosigners) {
				r.cosigners, r.cosignedSize = c.cosigners, c.tree.N
			}
		}
	}
	if q.since != nil {
		c, err := openCheckpoint(q.since, q, keys)
		if err != nil {
			r.fault("since: %v", err)
		} else {
			older["since"] = c
		}
	}
	if len(r.cosigners) < q.quorum {
		r.fault("checkpoint: cosigned by %d, %d are asked for", len(r.cosigners), q.quorum)
	}
	expected := r.checkTree(files)
	r.checkProofs(files, older, q.inclusions)
	for name := range files {
		switch name {
		case "README.md", "keys", "checkpoint", "cosigned":
		default:
			if !expected[name] {
				r.fault("%s: no file of a log of %d entries", name, r.size)
			}
		}
	}
	return r
}

// checkTree hashes all entries, compares every tile with the result, and the
// root with the checkpoint's. Returns the paths that the log has.
func (r *report) checkTree(files map[string][]byte) map[string]bool {
	expected := map[string]bool{}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, errors.New("beyond the entries that are there")
			}
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	whole := true
	for n := int64(0); whole && n*tileWidth < r.size; n++ {
		width := r.size - n*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: n, W: int(width)}
		expected[path(tile)] = true
		entries, err := splitBundle(files[path(tile)])
		if err != nil {
			r.fault("%s: %v", path(tile), err)
		}
		if int64(len(entries)) != width {
			r.fault("%s: %d entries instead of %d", path(tile), len(entries), width)
			whole = false
			break
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashes(n*tileWidth+int64(i), entry, reader)
			if err != nil {
				r.fault("%s: %v", path(tile), err)
				return expected
			}
			stored = append(stored, hashes...)
		}
	}
	entriesHold := false
	if whole {
		root, err := tlog.TreeHash(r.size, reader)
		entriesHold = err == nil && (r.size == 0 || root == r.root)
		if !entriesHold {
			r.fault("checkpoint: its root is not that of the entries here")
		}
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, r.size) {
		// The library also lists the partial tiles of all smaller sizes.
		if width := r.size>>(tileHeight*tile.L) - tile.N*tileWidth; tile.W < tileWidth && int64(tile.W) != width {
			continue
		}
		name := path(tile)
		expected[name] = true
		data, err := tlog.ReadTileData(tile, reader)
		if tile.L > 0 || entriesHold {
			if err == nil && !bytes.Equal(data, files[name]) {
				r.fault("%s: does not follow from the entries", name)
			}
			continue
		}
		// The entries are not what was signed: the leaf tiles say which.
		bundle := path(tlog.Tile{H: tileHeight, L: -1, N: tile.N, W: tile.W})
		entries, _ := splitBundle(files[bundle])
		hashes := files[name]
		for i, entry := range entries {
			hash := tlog.RecordHash(entry)
			if (i+1)*tlog.HashSize > len(hashes) ||
				!bytes.Equal(hash[:], hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				r.fault("%s: entry %d is not the one in %s", bundle, tile.N*tileWidth+int64(i), name)
				break
			}
		}
	}
	return expected
}

// tileFiles serves the library's proofs from the files.
type tileFiles struct{ files map[string][]byte }

func (t tileFiles) Height() int                         { return tileHeight }
func (t tileFiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		bytes, there := t.files[path(tile)]
		if !there {
			// A proof of a smaller tree may ask for a part of a tile.
			full := tile
			for full.W++; !there && full.W <= tileWidth; full.W++ {
				bytes, there = t.files[path(full)]
			}
		}
		if want := tile.W * tlog.HashSize; !there || len(bytes) < want {
			return nil, fmt.Errorf("%s: missing or short", path(tile))
		} else {
			data = append(data, bytes[:want])
		}
	}
	return data, nil
}

// checkProofs checks, from the tiles alone, that entries are included and that
// the log continues the older checkpoints.
func (r *report) checkProofs(files map[string][]byte, older map[string]checkpoint, inclusions int64) {
	tree := tlog.Tree{N: r.size, Hash: r.root}
	reader := tlog.TileHashReader(tree, tileFiles{files})
	step := r.size/inclusions + 1
	for n := int64(0); n < r.size; n += step {
		tile := tlog.Tile{H: tileHeight, L: -1, N: n / tileWidth, W: tileWidth}
		if rest := r.size - tile.N*tileWidth; rest < tileWidth {
			tile.W = int(rest)
		}
		entries, _ := splitBundle(files[path(tile)])
		if n%tileWidth >= int64(len(entries)) {
			continue // reported above
		}
		proof, err := tlog.ProveRecord(r.size, n, reader)
		if err == nil {
			err = tlog.CheckRecord(proof, r.size, r.root, n,
				tlog.RecordHash(entries[n%tileWidth]))
		}
		if err != nil {
			r.fault("%s: entry %d is not proved by the tiles: %v", path(tile), n, err)
			break
		}
		r.inclusions++
	}
	for name, c := range older {
		if c.tree.N > r.size {
			r.fault("%s: covers %d entries, the log only %d: rolled back", name, c.tree.N, r.size)
			continue
		}
		if c.tree.N == 0 {
			continue
		}
		proof, err := tlog.ProveTree(r.size, c.tree.N, reader)
		if err == nil {
			err = tlog.CheckTree(proof, r.size, r.root, c.tree.N, c.tree.Hash)
		}
		if err != nil {
			r.fault("%s: signed over other %d entries than these: a fork (%v)", name, c.tree.N, err)
			continue
		}
		r.consistencies++
	}
}
