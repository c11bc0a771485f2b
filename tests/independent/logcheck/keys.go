package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// cosignatureType is the key type of C2SP tlog-cosignature/v1.
const cosignatureType = 0x04

// A cosignatureVerifier checks signatures over
// "cosignature/v1\ntime <T>\n<checkpoint body>".
type cosignatureVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (v *cosignatureVerifier) Name() string    { return v.name }
func (v *cosignatureVerifier) KeyHash() uint32 { return v.hash }

func (v *cosignatureVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig[:8])
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, msg)
	return ed25519.Verify(v.key, []byte(signed), sig[8:])
}

func newCosignatureVerifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 || parts[0] == "" {
		return nil, errors.New("not of the form name+hash+key")
	}
	id, err := hex.DecodeString(parts[1])
	if err != nil || len(id) != 4 || hex.EncodeToString(id) != parts[1] {
		return nil, errors.New("the key ID is not eight hexadecimal digits")
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return nil, errors.New("not a cosigner's Ed25519 key")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if string(sum[:4]) != string(id) {
		return nil, errors.New("the key ID does not belong to name and key")
	}
	return &cosignatureVerifier{parts[0], binary.BigEndian.Uint32(id), key[1:]}, nil
}

// A keysFile is what the file `keys` of an export names.
type keysFile struct {
	logVkeys  []string
	cosigners []note.Verifier
}

func parseKeys(text string) (keysFile, error) {
	var keys keysFile
	lines := strings.Split(text, "\n")
	if len(lines) < 2 || lines[len(lines)-1] != "" {
		return keys, errors.New("does not end in a whole line")
	}
	if lines[0] != "minga/log-keys/v1" {
		return keys, errors.New("line 1: not minga/log-keys/v1")
	}
	for i, line := range lines[1 : len(lines)-1] {
		var err error
		var v note.Verifier
		switch {
		case strings.HasPrefix(line, "log: "):
			vkey := strings.TrimPrefix(line, "log: ")
			// The library takes both cases of the key ID; the file has one.
			if v, err = note.NewVerifier(vkey); err == nil {
				if !strings.Contains(vkey, fmt.Sprintf("+%08x+", v.KeyHash())) {
					err = errors.New("the key ID is not in its one spelling")
				}
			}
			keys.logVkeys = append(keys.logVkeys, vkey)
		case strings.HasPrefix(line, "cosigner: "):
			v, err = newCosignatureVerifier(strings.TrimPrefix(line, "cosigner: "))
			keys.cosigners = append(keys.cosigners, v)
		default:
			err = errors.New("neither a log's nor a cosigner's key")
		}
		if err != nil {
			return keysFile{}, fmt.Errorf("line %d: %w", i+2, err)
		}
	}
	return keys, nil
}
