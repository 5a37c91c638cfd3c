package plot

import (
	"strings"
	"testing"

	"fathom/ui/cell"
	"fathom/ui/style"
)

func TestBigLetters(t *testing.T) {
	for r, rows := range glyphs {
		if len(rows) != bigRows || !strings.Contains(strings.Join(rows, ""), "#") {
			t.Errorf("%c: %q", r, rows)
		}
		for _, row := range rows {
			if len(row) != len(rows[0]) {
				t.Errorf("%c: rows of different width: %q", r, rows)
			}
		}
	}
	seen := map[string]rune{}
	for r, rows := range glyphs {
		all := strings.Join(rows, "/")
		if other, twice := seen[all]; twice && !(r == '0' || r == 'O' || other == '0' || other == 'O') {
			t.Errorf("%c looks like %c", r, other)
		}
		seen[all] = r
	}
	marks := style.Marks{Full: "#"}
	for _, w := range []int{60, 80, 120, 200} {
		lines, ok := Big("1,643 tok/s", w, 12, marks)
		if !ok {
			t.Errorf("no room in %d cells", w)
		}
		for _, l := range lines {
			if cell.Width(l) > w {
				t.Errorf("%d cells in %d", cell.Width(l), w)
			}
		}
	}
	if _, ok := Big("混部", 80, 10, marks); ok {
		t.Error("there are no such letters")
	}
	if _, ok := Big("TP=8 DP=1 MOE-TP=16 EP=32", 60, 10, marks); ok {
		t.Error("that does not fit")
	}
}
