// Package ui is the dashboard: Bubble Tea around the machine in state. Keys and mouse become events, the model becomes
// text, effects become commands. It decides nothing.
//
// In: answers and a catalog, keys and sizes. Out: frames, files, the clipboard and runs of engines. Begin reading with
// Run and program.go.
package ui
