package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

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

// A bundle is a file of entries, and the tree over them alone.
type bundle struct {
	size   int64
	stored []tlog.Hash // by the library's index
	err    error       // what is left over
}

func (b bundle) leaf(n int64) tlog.Hash { return b.stored[tlog.StoredHashIndex(0, n)] }

func readBundle(content []byte) (b bundle) {
	entries, err := splitBundle(content)
	b.err = err
	for _, entry := range entries {
		hashes, err := tlog.StoredHashes(b.size, entry, readerOf(b.stored))
		if err != nil {
			b.err = err
			return b
		}
		b.stored = append(b.stored, hashes...)
		b.size++
	}
	return b
}

func readerOf(stored []tlog.Hash) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, errBeyond
			}
			hashes[i] = stored[index]
		}
		return hashes, nil
	}
}

var errBeyond = errors.New("beyond the entries that are there")

// A forest is the tree of a whole log: those of its bundles, and the tree of
// which their roots are the leaves.
type forest struct {
	bundles []bundle
	above   []tlog.Hash
}

func (f *forest) add(b bundle) error {
	if b.size == tileWidth {
		root := b.stored[tlog.StoredHashIndex(tileHeight, 0)]
		hashes, err := tlog.StoredHashesForRecordHash(
			int64(len(f.bundles)), root, readerOf(f.above))
		if err != nil {
			return err
		}
		f.above = append(f.above, hashes...)
	}
	f.bundles = append(f.bundles, b)
	return nil
}

func (f *forest) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		stored := f.above
		if level >= tileHeight {
			level -= tileHeight
		} else {
			width := int64(tileWidth) >> level
			if n/width >= int64(len(f.bundles)) {
				return nil, errBeyond
			}
			stored = f.bundles[n/width].stored
			n %= width
		}
		at := tlog.StoredHashIndex(level, n)
		if at >= int64(len(stored)) {
			return nil, errBeyond
		}
		hashes[i] = stored[at]
	}
	return hashes, nil
}

// checkTree hashes all entries, compares every tile with the result, and the
// root with the checkpoint's. Returns the paths that the log has.
func (r *report) checkTree(files map[string][]byte, m *memo) map[string]bool {
	expected := map[string]bool{}
	read := func(tile tlog.Tile) bundle {
		content := files[path(tile)]
		return recall(m, m.bundles, content, func() bundle { return readBundle(content) })
	}
	tree := &forest{}
	whole := true
	for n := int64(0); whole && n*tileWidth < r.size; n++ {
		width := r.size - n*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: n, W: int(width)}
		expected[path(tile)] = true
		b := read(tile)
		if b.err != nil {
			r.fault("%s: %v", path(tile), b.err)
		}
		if b.size != width {
			r.fault("%s: %d entries instead of %d", path(tile), b.size, width)
			whole = false
			break
		}
		if err := tree.add(b); err != nil {
			r.fault("%s: %v", path(tile), err)
			return expected
		}
	}
	entriesHold := false
	if whole {
		root, err := tlog.TreeHash(r.size, tree)
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
		data, err := tlog.ReadTileData(tile, tree)
		if tile.L > 0 || entriesHold {
			if err == nil && !bytes.Equal(data, files[name]) {
				r.fault("%s: does not follow from the entries", name)
			}
			continue
		}
		// The entries are not what was signed: the leaf tiles say which.
		entries := tlog.Tile{H: tileHeight, L: -1, N: tile.N, W: tile.W}
		b, hashes := read(entries), files[name]
		for i := int64(0); i < b.size; i++ {
			hash := b.leaf(i)
			if (i+1)*tlog.HashSize > int64(len(hashes)) ||
				!bytes.Equal(hash[:], hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				r.fault("%s: entry %d is not the one in %s", path(entries), tile.N*tileWidth+i, name)
				break
			}
		}
	}
	return expected
}
