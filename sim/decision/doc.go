// Package decision says what a plan's answer hangs on: every knob that is tried over a range moves the figure so far
// (a tornado), and makes another device or strategy win at such a value (crossings, found by halving); beside them the
// measured uncertainty of the winner.
//
// In: a request, ranges, and how requests are answered. Out: values, and sentences as messages. Begin with Run.
package decision
