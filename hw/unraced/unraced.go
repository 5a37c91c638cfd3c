// Package unraced marks tests whose verdict is about figures: they compute much, in one goroutine or in workers that
// smaller tests of the same room show at work, so that the race detector, which makes them five to ten times slower,
// has nothing to find in them. The long run of the tests has them all; the one under the race detector is -short
// (.ci/run).
package unraced

import "testing"

// Skip leaves a test out of the run under the race detector.
func Skip(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("figures: in the long run only")
	}
}
