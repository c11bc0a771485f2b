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
	entries = make([][]byte, 0, tileWidth)
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

// Entries are hashed in blocks of 16: a memo knows all but the one that changed.
const (
	blockHeight = 4
	blockWidth  = 1 << blockHeight
)

// A block has the hashes of a tree over its entries alone, by the library's
// index.
type block []tlog.Hash

func (b block) leaf(n int) tlog.Hash { return b[tlog.StoredHashIndex(0, int64(n))] }

// readBundle returns the blocks of a bundle of entries, and how many entries it
// has; err tells what is left over.
func readBundle(m *memo, content []byte) (blocks []block, size int, err error) {
	entries, err := splitBundle(content)
	blocks = make([]block, 0, tileWidth/blockWidth)
	for n := 0; n < len(entries); n += blockWidth {
		end := n + blockWidth
		if end > len(entries) {
			end = len(entries)
		}
		bytes := 0
		for _, entry := range entries[n:end] {
			bytes += 2 + len(entry)
		}
		blocks = append(blocks, recall(m, m.blocks, content[:bytes], func() block {
			return hashBlock(entries[n:end])
		}))
		content = content[bytes:]
	}
	return blocks, len(entries), err
}

func hashBlock(entries [][]byte) (b block) {
	for i, entry := range entries {
		// It asks for nothing that is not there: err is always nil.
		hashes, _ := tlog.StoredHashes(int64(i), entry, readerOf(b))
		b = append(b, hashes...)
	}
	return b
}

// readHashes returns the blocks of a tile of leaves, and how many it has.
func readHashes(tile []byte) (blocks []block, size int) {
	for ; len(tile) >= tlog.HashSize; size++ {
		if size%blockWidth == 0 {
			blocks = append(blocks, nil)
		}
		b := &blocks[len(blocks)-1]
		var leaf tlog.Hash
		copy(leaf[:], tile)
		// As in hashBlock.
		hashes, _ := tlog.StoredHashesForRecordHash(
			int64(size%blockWidth), leaf, readerOf(*b))
		*b = append(*b, hashes...)
		tile = tile[tlog.HashSize:]
	}
	return blocks, size
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

// A forest is the tree of a whole log: those of its blocks, and the tree of
// which their roots are the leaves.
type forest struct {
	blocks []block
	above  []tlog.Hash
}

// add takes the next block: all before it are full.
func (f *forest) add(b block) error {
	root := tlog.StoredHashIndex(blockHeight, 0)
	if root < int64(len(b)) {
		hashes, err := tlog.StoredHashesForRecordHash(
			int64(len(f.blocks)), b[root], readerOf(f.above))
		if err != nil {
			return err
		}
		f.above = append(f.above, hashes...)
	}
	f.blocks = append(f.blocks, b)
	return nil
}

func (f *forest) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		stored := f.above
		if level >= blockHeight {
			level -= blockHeight
		} else {
			width := int64(blockWidth) >> level
			if n/width >= int64(len(f.blocks)) {
				return nil, errBeyond
			}
			stored = f.blocks[n/width]
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
// root with the checkpoint's. Bundles before pruned need not be there: the hashes
// of their entries are taken. Returns the paths that the log has.
func (r *report) checkTree(files map[string][]byte, m *memo, pruned int64) map[string]bool {
	expected := map[string]bool{}
	tree := &forest{}
	whole := true
	for n := int64(0); whole && n*tileWidth < r.size; n++ {
		width := r.size - n*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: n, W: int(width)}
		name := path(tile)
		var blocks []block
		var size int
		var err error
		if n < pruned {
			name = path(tlog.Tile{H: tileHeight, L: 0, N: n, W: tileWidth})
			blocks, size = readHashes(files[name])
		} else {
			expected[name] = true
			blocks, size, err = readBundle(m, files[name])
		}
		if err != nil {
			r.fault("%s: %v", name, err)
		}
		if int64(size) != width {
			r.fault("%s: %d entries instead of %d", name, size, width)
			whole = false
			break
		}
		for _, b := range blocks {
			if err := tree.add(b); err != nil {
				r.fault("%s: %v", name, err)
				return expected
			}
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
		blocks, size, _ := readBundle(m, files[path(entries)])
		hashes := files[name]
		for i := 0; i < size; i++ {
			hash := blocks[i/blockWidth].leaf(i % blockWidth)
			if (i+1)*tlog.HashSize > len(hashes) ||
				!bytes.Equal(hash[:], hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				r.fault("%s: entry %d is not the one in %s", path(entries), tile.N*tileWidth+int64(i), name)
				break
			}
		}
	}
	return expected
}
