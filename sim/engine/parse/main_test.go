package parse

import (
	"flag"
	"os"
	"testing"
)

// TestMain shortens what fuzzing found in twenty steps at most: the fuzzer otherwise spends a minute on every text that
// does something new, and counts nothing meanwhile.
func TestMain(m *testing.M) {
	flag.Set("test.fuzzminimizetime", "20x")
	os.Exit(m.Run())
}
