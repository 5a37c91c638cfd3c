// Package state is the journey as a pure machine: form, confirm, run, results. Update takes a model and an event and
// gives the next model and what ui has to do. It knows no key, terminal, clock, file or goroutine, so that keys, mouse,
// tests and a line mode for screen readers all speak to the same thing.
//
// In: events (Event). Out: the next Model and effects (Effect). Begin reading with Model and Update; actions are what
// keys mean, panes where they hold.
package state
