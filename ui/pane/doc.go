// Package pane draws the model as text. Every function is pure: model, theme, texts and size in, lines out.
//
// In: a state.Model, a theme, a catalog and a size. Out: lines. A pane is a file of its name. Begin reading with
// Painter and Frame.
package pane
