package main

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"runtime"
	"sort"
	"strings"
	"time"
)

// tamperWith damages one thing after the other and wants each found, with a
// fault that names its file: `flips` random bits, or every bit, and whole
// entries and files.
func tamperWith(files map[string][]byte, q question, flips int, all bool, seed int64) error {
	began := time.Now()
	// The tree is compared as a whole each time; proofs from it are slow.
	q.inclusions = 2
	q.memo = newMemo()
	verify(files, q)
	q.memo.learning = false

	var names []string
	bits := 0
	for name, content := range files {
		if name != "README.md" { // for people: it proves nothing
			names = append(names, name)
			bits += 8 * len(content)
		}
	}
	sort.Strings(names)
	random := rand.New(rand.NewSource(seed))
	nth := func(int) int { return random.Intn(bits) }
	if all {
		flips = bits
		nth = func(i int) int { return i }
	}
	tried := make([]int, flips)
	for i := range tried {
		tried[i] = nth(i)
	}
	if err := flipAll(files, q, names, tried); err != nil {
		return err
	}
	larger, err := tamperWithFiles(files, q, names)
	if err != nil {
		return err
	}
	fmt.Printf("tampering: %d of %d bits flipped (seed %d) and %d larger changes, all found, in %.1f s\n",
		flips, bits, seed, larger, time.Since(began).Seconds())
	return nil
}

// flipAll flips one bit after the other, each in a sound export, on all cores.
func flipAll(files map[string][]byte, q question, names []string, bits []int) error {
	workers := runtime.NumCPU()
	errs := make(chan error, workers)
	for w := 0; w < workers; w++ {
		own := map[string][]byte{}
		for name, content := range files {
			own[name] = append([]byte{}, content...)
		}
		go func(w int) {
			for i := w; i < len(bits); i += workers {
				if err := flip(own, q, names, bits[i]); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}(w)
	}
	var first error
	for w := 0; w < workers; w++ {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

// flip flips a bit of all that the files `names` hold, and back.
func flip(files map[string][]byte, q question, names []string, bit int) error {
	for _, name := range names {
		content := files[name]
		if bit >= 8*len(content) {
			bit -= 8 * len(content)
			continue
		}
		content[bit/8] ^= 1 << (bit % 8)
		err := mustName(files, q, name, fmt.Sprintf("bit %d flipped", bit))
		content[bit/8] ^= 1 << (bit % 8)
		return err
	}
	return nil
}

// tamperWithFiles drops each file, cuts it, and drops and swaps entries.
func tamperWithFiles(files map[string][]byte, q question, names []string) (int, error) {
	count := 0
	try := func(name, what string, content []byte) error {
		was := files[name]
		defer func() { files[name] = was }()
		if content == nil {
			delete(files, name)
		} else {
			files[name] = content
		}
		count++
		return mustName(files, q, name, what)
	}
	for _, name := range names {
		content := files[name]
		if !strings.HasSuffix(name, "cosigned") { // there need not be one
			if err := try(name, "removed", nil); err != nil {
				return count, err
			}
		}
		if err := try(name, "cut", content[:len(content)-1]); err != nil {
			return count, err
		}
		if !strings.Contains(name, "tile/entries/") {
			continue
		}
		entries, _ := splitBundle(content)
		for i := range entries {
			dropped := append([][]byte{}, entries[:i]...)
			if err := try(name, "entry dropped", join(append(dropped, entries[i+1:]...))); err != nil {
				return count, err
			}
			if i == 0 {
				continue
			}
			swapped := append([][]byte{}, entries...)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			if err := try(name, "entries swapped", join(swapped)); err != nil {
				return count, err
			}
		}
	}
	return count, nil
}

func join(entries [][]byte) []byte {
	bundle := []byte{}
	for _, entry := range entries {
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
		bundle = append(bundle, entry...)
	}
	return bundle
}

func mustName(files map[string][]byte, q question, name, what string) error {
	r := verify(files, q)
	for _, fault := range r.faults {
		if strings.HasPrefix(fault, name) {
			return nil
		}
	}
	return fmt.Errorf("%s: %s: not found; faults: %q", name, what, r.faults)
}
