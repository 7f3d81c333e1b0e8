// SPDX-License-Identifier: Apache-2.0

// Verify_log checks what Lintas writes with code that knows nothing of Lintas: the note and tlog packages of the Go
// project. It reads one JSON file, stops at the first thing that is not as it should be, and prints what it counted.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tree struct {
	Size        int64
	Root        tlog.Hash
	Inclusion   []tlog.RecordProof // of each leaf
	Consistency []tlog.TreeProof   // with the trees of 1, 2, ... leaves
}

type input struct {
	LogKey    string
	Cosigners []string
	Note      string
	BadNotes  map[string]string
	Leaves    [][]byte
	Trees     []tree
	Tiled     struct {
		Size   int64
		Root   tlog.Hash
		Tiles  map[string][]byte
		Proofs map[int64]tlog.RecordProof
		Leaves map[int64][]byte
	}
}

// cosigner checks timestamped cosignatures (type 4), which the note package leaves to others.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(head), text...), sig[8:])
}

func newCosigner(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	must(err)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	if raw[0] != 4 {
		log.Fatalf("%s is not the key of a cosigner", vkey)
	}
	return &cosigner{parts[0], uint32(hash), raw[1:]}
}

// tiles reads what Lintas stores; its paths have no height, as in C2SP tlog-tiles.
type tiles map[string][]byte

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		row, ok := t[path]
		if !ok {
			return nil, fmt.Errorf("no tile at %s", path)
		}
		found = append(found, row)
	}
	return found, nil
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func flipped(h tlog.Hash) tlog.Hash {
	h[31] ^= 1
	return h
}

func main() {
	log.SetFlags(0)
	raw, err := os.ReadFile(os.Args[1])
	must(err)
	var in input
	must(json.Unmarshal(raw, &in))
	counts := map[string]int{}
	checkNotes(&in, counts)
	for _, t := range in.Trees {
		checkTree(&in, t, counts)
	}
	checkTiles(&in, counts)
	must(json.NewEncoder(os.Stdout).Encode(counts))
}

func checkNotes(in *input, counts map[string]int) {
	logKey, err := note.NewVerifier(in.LogKey)
	must(err)
	keys := []note.Verifier{logKey}
	for _, vkey := range in.Cosigners {
		keys = append(keys, newCosigner(vkey))
	}
	opened, err := note.Open([]byte(in.Note), note.VerifierList(keys...))
	must(err)
	counts["signatures"] = len(opened.Sigs)
	counts["passed over"] = len(opened.UnverifiedSigs)
	lines := strings.Split(opened.Text, "\n")
	last := in.Trees[len(in.Trees)-1]
	if lines[0] != logKey.Name() || lines[1] != fmt.Sprint(last.Size) || lines[2] != last.Root.String() {
		log.Fatalf("the checkpoint says %q", lines)
	}
	for name, bad := range in.BadNotes {
		if _, err := note.Open([]byte(bad), note.VerifierList(keys...)); err == nil {
			log.Fatalf("a note with %s is accepted", name)
		}
		counts["notes refused"]++
	}
}

func checkTree(in *input, t tree, counts map[string]int) {
	for i, proof := range t.Inclusion {
		leaf := tlog.RecordHash(in.Leaves[i])
		must(tlog.CheckRecord(proof, t.Size, t.Root, int64(i), leaf))
		counts["inclusion"]++
		tampered := append([]byte{}, in.Leaves[i]...)
		tampered[len(tampered)-1] ^= 1
		if tlog.CheckRecord(proof, t.Size, t.Root, int64(i), tlog.RecordHash(tampered)) == nil {
			log.Fatalf("a tampered leaf %d of %d is accepted", i, t.Size)
		}
		counts["inclusion refused"]++
	}
	for i, proof := range t.Consistency {
		before := in.Trees[i]
		must(tlog.CheckTree(proof, t.Size, t.Root, before.Size, before.Root))
		counts["consistency"]++
		if tlog.CheckTree(proof, t.Size, t.Root, before.Size, flipped(before.Root)) == nil {
			log.Fatalf("another history of %d in %d is accepted", before.Size, t.Size)
		}
		counts["consistency refused"]++
	}
}

func checkTiles(in *input, counts map[string]int) {
	t := in.Tiled
	reader := tlog.TileHashReader(tlog.Tree{N: t.Size, Hash: t.Root}, tiles(t.Tiles))
	for index, ours := range t.Proofs {
		theirs, err := tlog.ProveRecord(t.Size, index, reader)
		must(err)
		if fmt.Sprint(theirs) != fmt.Sprint(ours) {
			log.Fatalf("our proof of %d in %d differs from the one made from our tiles", index, t.Size)
		}
		must(tlog.CheckRecord(theirs, t.Size, t.Root, index, tlog.RecordHash(t.Leaves[index])))
		counts["proofs from tiles"]++
	}
}
