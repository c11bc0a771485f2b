package main

import (
	"encoding/binary"

	"golang.org/x/mod/sumdb/note"
)

// A memo has what followed from the bytes of a sound export, by these very
// bytes: a verification with it finds what one without it finds, but a changed
// bit costs only what depends on it. The zero memo knows and learns nothing.
type memo struct {
	blocks     map[string]block
	signatures map[string]bool
	inclusions map[string]inclusion
	learning   bool // by one verification at a time
}

func newMemo() *memo {
	return &memo{map[string]block{}, map[string]bool{}, map[string]inclusion{}, true}
}

// recall returns what is known of key, or else what compute returns.
func recall[V any](m *memo, known map[string]V, key []byte, compute func() V) V {
	value, there := known[string(key)]
	if !there {
		value = compute()
		if m.learning {
			known[string(key)] = value
		}
	}
	return value
}

// A recallingVerifier knows the signatures that its memo knows.
type recallingVerifier struct {
	note.Verifier
	memo *memo
}

func (v recallingVerifier) Verify(msg, sig []byte) bool {
	key := binary.BigEndian.AppendUint32([]byte(v.Name()+"\n"), v.KeyHash())
	key = append(append(key, sig...), msg...)
	return recall(v.memo, v.memo.signatures, key, func() bool {
		return v.Verifier.Verify(msg, sig)
	})
}
