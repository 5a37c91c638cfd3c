// Package clip takes text to the user's own clipboard: through tmux, through the terminal (OSC 52), to a local desktop,
// and always to a file, because none of the others answers reliably.
//
// In: a text. Out: where it went. Begin reading with Clipboard.
package clip
