package pane

import (
	"strings"
	"testing"

	"fathom/state"
	"fathom/ui/sample"
)

// A profile without a vendor is shown by what it has: its preview does not begin with a separator.
func TestPreviewBeginsWithAFact(t *testing.T) {
	s := sample.Open(state.Options{}).Do(state.Accept).Type(sample.Model).Do(state.Accept).Type("test")
	for _, line := range strings.Split(screen(t, s, 120, 40), "\n") {
		if _, right, _ := strings.Cut(line, "│"); strings.Contains(right, "a server") {
			if !strings.HasPrefix(strings.TrimSpace(right), "8 a server") {
				t.Errorf("begins with %q", right)
			}
			return
		}
	}
	t.Error("no preview")
}
