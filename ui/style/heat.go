package style

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// hues are ramps of the 256-colour cube from dark to light, one a thing. They bring their own foregrounds, white on the
// dark steps and black on the light ones, so that letters are readable on light and dark terminals alike.
var hues = [...][5]string{
	{"17", "19", "26", "75", "117"},   // blue
	{"22", "28", "34", "77", "120"},   // green
	{"52", "88", "130", "172", "215"}, // orange
	{"53", "90", "127", "176", "219"}, // magenta
	{"23", "30", "37", "80", "123"},   // cyan
	{"235", "239", "242", "248", "253"},
}

// darkSteps is the number of steps of a ramp that need white letters.
const darkSteps = 3

// heat makes the ramps for a terminal that can show them; nil for one that cannot.
func heat(r *lipgloss.Renderer) (list [][]Ink) {
	if p := r.ColorProfile(); p != termenv.TrueColor && p != termenv.ANSI256 {
		return nil
	}
	for _, ramp := range hues {
		var steps []Ink
		for i, colour := range ramp {
			letters := "16"
			if i < darkSteps {
				letters = "231"
			}
			steps = append(steps, Of(r.NewStyle().Background(lipgloss.Color(colour)).Foreground(lipgloss.Color(letters))))
		}
		list = append(list, steps)
	}
	return list
}

// Hue is the ink of the thing of a number where colours are few.
func (t *Theme) Hue(n int) Ink { return t.Plot[n%len(t.Plot)] }
