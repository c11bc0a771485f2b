// Command logcheck verifies an exported audit log without any code of Minga's:
// the tree is that of golang.org/x/mod/sumdb/tlog, the notes are those of
// golang.org/x/mod/sumdb/note, and the signatures are Go's crypto/ed25519.
//
//	logcheck -key VKEY [-peer-key VKEY]... [-quorum N] [-since FILE] FOLDER
//
// It prints what holds and ends with status 0, or every fault with its place
// and ends with status 8. With -tamper N it damages a copy in memory N times
// and more, and ends with status 0 if each damage was found in its file.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type keyList []string

func (k *keyList) String() string     { return strings.Join(*k, " ") }
func (k *keyList) Set(s string) error { *k = append(*k, s); return nil }

const checkFailed = 8

func main() {
	var logKeys, peerKeys keyList
	flag.Var(&logKeys, "key", "the log's verifier key; again for retired ones")
	flag.Var(&peerKeys, "peer-key", "a peer's cosigning key; again for each")
	quorum := flag.Int("quorum", 0, "how many of these must have cosigned")
	since := flag.String("since", "", "an older checkpoint of the log")
	tamper := flag.Int("tamper", 0, "flip so many random bits, one at a time")
	all := flag.Bool("tamper-all", false, "flip every bit, one at a time")
	seed := flag.Int64("seed", 6962, "which bits")
	flag.Parse()
	if flag.NArg() != 1 || len(logKeys) == 0 {
		flag.Usage()
		os.Exit(2)
	}
	q := question{quorum: *quorum, inclusions: inclusionsMax, memo: &memo{}}
	for _, vkey := range logKeys {
		if _, err := note.NewVerifier(vkey); err != nil {
			fail(fmt.Errorf("-key: %w", err))
		}
		q.logVkeys = append(q.logVkeys, vkey)
	}
	for _, vkey := range peerKeys {
		v, err := newCosignatureVerifier(vkey)
		if err != nil {
			fail(fmt.Errorf("-peer-key: %w", err))
		}
		q.peerKeys = append(q.peerKeys, v)
	}
	if *since != "" {
		text, err := os.ReadFile(*since)
		if err != nil {
			fail(err)
		}
		q.since = text
	}
	files, err := readFolder(flag.Arg(0))
	if err != nil {
		fail(err)
	}
	report := verify(files, q)
	if len(report.faults) > 0 {
		fmt.Println("THE EXPORT DOES NOT HOLD")
		for _, fault := range report.faults {
			fmt.Println("  " + fault)
		}
		os.Exit(checkFailed)
	}
	fmt.Printf("the export holds: log %q, %d entries, root %s\n",
		report.origin, report.size, report.root)
	if report.logs > 1 {
		fmt.Printf("it continues %d closed logs, which hold too: %d entries in all\n",
			report.logs-1, report.entries)
	}
	if report.pruned > 0 {
		fmt.Printf("%d entries were pruned, as the log says; their hashes hold\n", report.pruned)
	}
	fmt.Printf("cosigned by %d of the %d peers whose keys were given, up to entry %d\n",
		len(report.cosigners), len(q.peerKeys), report.cosignedSize)
	fmt.Printf("%d inclusion proofs and %d consistency proofs from the tiles hold\n",
		report.inclusions, report.consistencies)
	if *tamper > 0 || *all {
		if err := tamperWith(files, q, *tamper, *all, *seed); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "logcheck:", err)
	os.Exit(1)
}
