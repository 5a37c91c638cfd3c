package hw

import (
	"strconv"
	"strings"

	"fathom/hw/message"
)

func span(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func shapeText(shape []int) string { return joined(shape, strconv.Itoa, "x") }

func joined[T any](all []T, text func(T) string, separator string) string {
	parts := make([]string, len(all))
	for i, v := range all {
		parts[i] = text(v)
	}
	return strings.Join(parts, separator)
}

// Fits tells whether the grid holds so many devices. The error names profile, number, grid and what to do.
func (p *Profile) Fits(devices int) error {
	ranks := p.Grid.Ranks()
	switch {
	case devices < 1:
		return message.Fault("failure.device-count-least", devices)
	case devices > ranks:
		return message.Fault("failure.grid", devices, p.Name, shapeText(p.Grid.Shape), ranks)
	}
	return nil
}
