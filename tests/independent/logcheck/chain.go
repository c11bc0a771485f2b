package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Events of minga.v1.AuditEntry.
const (
	logClosed    = 38
	logContinued = 39
	logPruned    = 44
)

// logName is the name of log number n of the node whose key is named name.
func logName(name string, n int) string {
	if n == 0 {
		return name
	}
	return fmt.Sprintf("%s/log-%d", name, n)
}

// keysOfLog are the node's keys under the name of its log number n.
func keysOfLog(vkeys []string, n int) ([]note.Verifier, error) {
	var keys []note.Verifier
	for _, vkey := range vkeys {
		parts := strings.SplitN(vkey, "+", 3)
		if len(parts) != 3 {
			return nil, errors.New("a key is not of the form name+hash+key")
		}
		key, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil {
			return nil, err
		}
		name := logName(parts[0], n)
		id := sha256.Sum256(append([]byte(name+"\n"), key...))
		v, err := note.NewVerifier(fmt.Sprintf("%s+%x+%s", name, id[:4], parts[2]))
		if err != nil {
			return nil, err
		}
		keys = append(keys, v)
	}
	return keys, nil
}

// folderOfLog is the folder of a later log; log 0 lies at the top.
var folderOfLog = regexp.MustCompile(`^([1-9][0-9]{0,3})/(.*)$`)

// splitLogs returns the files of each log, by the paths within it.
func splitLogs(files map[string][]byte) []map[string][]byte {
	logs := []map[string][]byte{{}}
	for name, content := range files {
		n := 0
		if parts := folderOfLog.FindStringSubmatch(name); parts != nil {
			n, _ = strconv.Atoi(parts[1])
			name = parts[2]
		}
		for n >= len(logs) {
			logs = append(logs, map[string][]byte{})
		}
		logs[n][name] = content
	}
	return logs
}

// A message is the top-level fields of a protobuf message: numbers, and bytes.
type message struct {
	numbers map[uint64]uint64
	bytes   map[uint64][]byte
}

func parseMessage(b []byte) (m message, err error) {
	m = message{map[uint64]uint64{}, map[uint64][]byte{}}
	take := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			err = errors.New("cut off")
			b = nil
			return 0
		}
		b = b[n:]
		return v
	}
	for len(b) > 0 && err == nil {
		tag := take()
		switch tag & 7 {
		case 0:
			m.numbers[tag>>3] = take()
		case 2:
			n := take()
			if n > uint64(len(b)) {
				return m, errors.New("cut off")
			}
			m.bytes[tag>>3], b = b[:n], b[n:]
		default:
			return m, errors.New("a field of another type")
		}
	}
	return m, err
}

// continues tells why entry, the first of a log, does not go on from last.
func continues(entry []byte, last checkpoint) error {
	m, err := parseMessage(entry)
	if err != nil || m.numbers[2] != logContinued {
		return errors.New("does not say which log it continues")
	}
	text, digest := m.bytes[24], sha256.Sum256(m.bytes[24])
	if !bytes.Equal(m.bytes[18], digest[:]) {
		return errors.New("has another digest than that of the checkpoint in it")
	}
	if !bytes.HasPrefix(text, []byte(last.text+"\n")) {
		return fmt.Errorf("does not continue %q at %d entries", last.origin, last.tree.N)
	}
	return nil
}

func closes(entry []byte) bool {
	m, err := parseMessage(entry)
	return err == nil && m.numbers[2] == logClosed
}

// bundles returns the entries of all bundles that are there, by their number.
func bundles(files map[string][]byte) map[int64][][]byte {
	found := map[int64][][]byte{}
	for name, content := range files {
		rest := strings.TrimPrefix(name, "tile/entries/")
		if rest == name {
			continue
		}
		rest, _, _ = strings.Cut(rest, ".p/")
		number, err := strconv.ParseInt(strings.NewReplacer("x", "", "/", "").Replace(rest), 10, 64)
		if err == nil {
			found[number], _ = splitBundle(content)
		}
	}
	return found
}

// prunedBundles is how many bundles at the beginning of log n are missing, if
// an entry of it or of a later log says that they were destroyed.
func prunedBundles(logs []map[string][]byte, n int) int64 {
	var size int64
	if lines := strings.SplitN(string(logs[n]["checkpoint"]), "\n", 3); len(lines) == 3 {
		size, _ = strconv.ParseInt(lines[1], 10, 64)
	}
	there := bundles(logs[n])
	missing := int64(0)
	for missing < size/tileWidth {
		if _, is := there[missing]; is {
			break
		}
		missing++
	}
	if missing == 0 {
		return 0
	}
	for _, files := range logs[n:] {
		for _, entries := range bundles(files) {
			for _, entry := range entries {
				m, err := parseMessage(entry)
				if err == nil && m.numbers[2] == logPruned &&
					m.numbers[17] == uint64(n) && m.numbers[16] >= uint64(missing*tileWidth) {
					return missing
				}
			}
		}
	}
	return 0
}

// sinceLogOf is the number of the log that the older checkpoint is of.
func sinceLogOf(q question) int {
	origin, _, _ := strings.Cut(string(q.since), "\n")
	name, _, _ := strings.Cut(q.logVkeys[0], "+")
	if rest := strings.TrimPrefix(origin, name+"/log-"); rest != origin {
		if n, err := strconv.Atoi(rest); err == nil && logName(name, n) == origin {
			return n
		}
	}
	return 0
}

// verify checks every log, and that each continues the one before.
func verify(files map[string][]byte, q question) (all report) {
	keys, err := parseKeys(string(files["keys"]))
	if err != nil {
		all.fault("keys: %v", err)
	}
	logs := splitLogs(files)
	q.newest = len(logs) - 1
	q.sinceLog = sinceLogOf(q)
	if q.since != nil && q.sinceLog > q.newest {
		all.fault("since: of log %d, which is not here: rolled back", q.sinceLog)
	}
	all.logs = len(logs)
	var before checkpoint
	for n, files := range logs {
		prefix := ""
		if n > 0 {
			prefix = fmt.Sprintf("%d/", n)
		}
		pruned := prunedBundles(logs, n)
		r, newest := verifyLog(files, q, keys, n, pruned)
		if r.size > 0 {
			r.checkEnds(files, n, q.newest, pruned, before)
		}
		for _, fault := range r.faults {
			all.fault("%s%s", prefix, fault)
		}
		before = newest
		all.origin, all.size, all.root = r.origin, r.size, r.root
		all.cosigners, all.cosignedSize = r.cosigners, r.cosignedSize
		all.entries += r.size
		all.pruned += pruned * tileWidth
		all.inclusions += r.inclusions
		all.consistencies += r.consistencies
	}
	return all
}

// checkEnds checks what the first and the last entry of log n say of the logs
// before and after it.
func (r *report) checkEnds(files map[string][]byte, n, newest int, pruned int64, before checkpoint) {
	there := bundles(files)
	if n > 0 && pruned == 0 {
		err := errors.New("is not there")
		if len(there[0]) > 0 {
			err = continues(there[0][0], before)
		}
		if err != nil {
			r.fault("tile/entries/000: entry 0 %v", err)
		}
	}
	end := there[(r.size-1)/tileWidth]
	says := len(end) > 0 && closes(end[len(end)-1])
	if says && n == newest {
		r.fault("checkpoint: the log was closed, and the next one is not here")
	}
	if !says && n < newest {
		r.fault("checkpoint: the last entry does not close the log, and another follows")
	}
}
