// Package style is how a session looks: inks and marks by meaning, made from that session's own renderer. Nothing here,
// and nothing in ui, uses the process-wide renderer: under `fathom serve` that one belongs to the server, not to the
// guest.
//
// In: a renderer and what the terminal can. Out: a Theme.
package style
