// Package plot draws bars, curves and points out of characters: eighth blocks and braille dots, or seven-bit signs
// where those cannot be trusted.
//
// In: values and a size in cells. Out: lines of characters. Begin reading with Canvas.
package plot
