package main

import (
	"encoding/binary"
	"fmt"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

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

// bytes are all that a proof from these tiles in this tree can depend on.
func (t tileFiles) bytes(tree tlog.Tree) []byte {
	var names []string
	for name := range t.files {
		if strings.HasPrefix(name, "tile/") && !strings.HasPrefix(name, "tile/entries/") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	all := binary.BigEndian.AppendUint64(tree.Hash[:], uint64(tree.N))
	for _, name := range names {
		content := t.files[name]
		all = append(append(all, name...), 0)
		all = append(binary.BigEndian.AppendUint64(all, uint64(len(content))), content...)
	}
	return all
}

// An inclusion is the proof that the tiles give for an entry.
type inclusion struct {
	proof tlog.RecordProof
	err   error
}

// checkProofs checks, from the tiles alone, that entries are included and that
// the log continues the older checkpoints.
func (r *report) checkProofs(files map[string][]byte, older map[string]checkpoint, q question) {
	tree := tlog.Tree{N: r.size, Hash: r.root}
	reader := tlog.TileHashReader(tree, tileFiles{files})
	tiles := tileFiles{files}.bytes(tree)
	step := r.size/q.inclusions + 1
	for n := int64(0); n < r.size; n += step {
		tile := tlog.Tile{H: tileHeight, L: -1, N: n / tileWidth, W: tileWidth}
		if rest := r.size - tile.N*tileWidth; rest < tileWidth {
			tile.W = int(rest)
		}
		entries, _ := splitBundle(files[path(tile)])
		if n%tileWidth >= int64(len(entries)) {
			continue // reported above
		}
		key := binary.BigEndian.AppendUint64(tiles, uint64(n))
		found := recall(q.memo, q.memo.inclusions, key, func() (i inclusion) {
			i.proof, i.err = tlog.ProveRecord(r.size, n, reader)
			return i
		})
		err := found.err
		if err == nil {
			err = tlog.CheckRecord(found.proof, r.size, r.root, n,
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
