// Package quiet keeps the program from asking the terminal anything before main. Bubble Tea v1 asks for the background
// colour in its own init and waits up to 5 s for an answer; a colour that is set already is not asked for. Go
// initialises ready packages in the order of their import paths, and fathom/ui/quiet sorts before
// github.com/charmbracelet/bubbletea. A test on a mute terminal guards it.
package quiet
