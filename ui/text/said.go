package text

import (
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/state/field"
	"fathom/ui/cell"
)

// Knob names a knob of a sweep as its question does, one of a device with the device behind it.
func (c *Catalog) Knob(name string) string {
	_, device, one := strings.Cut(name, ":")
	label := c.T(field.KnobKey(name))
	if one {
		label += " " + cell.Clean(device)
	}
	return label
}

// Choice is the text of one value of a question with a closed list, another value as it is; long has what stands behind
// the colon, too.
func (c *Catalog) Choice(f *field.Field, value string, long bool) string {
	key := f.Text() + ".choice." + value
	if value == "" || !c.Has(key) {
		return value
	}
	s := c.T(key)
	if !long {
		for _, colon := range []string{": ", "："} {
			s, _, _ = strings.Cut(s, colon)
		}
	}
	return s
}

// Fitted names a number of a fit: what it is, and of weights of which widths.
func (c *Catalog) Fitted(n *hw.FittedNumber) string {
	name := c.T("calibration.number." + n.Name)
	if len(n.Widths) == 0 {
		return name
	}
	var widths []string
	for _, w := range n.Widths {
		widths = append(widths, c.T("calibration.width."+w.String()))
	}
	return c.T("calibration.of_widths", "name", name, "widths", strings.Join(widths, "/"))
}

// Tell words a message in the language of the catalog.
func (c *Catalog) Tell(m message.Message) string {
	s := cell.Clean(expand(c.Table.Say(m), c.mute))
	if c.ascii {
		s = cell.ASCII(strings.ReplaceAll(s, "→", "->")) // ">" alone would compare
	}
	return s
}
