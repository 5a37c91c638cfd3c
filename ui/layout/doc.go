// Package layout divides the terminal into rectangles. It is arithmetic only: sizes in, rectangles out.
//
// In: width, height and pane. Out: a Screen of rectangles. Begin reading with Arrange.
package layout
