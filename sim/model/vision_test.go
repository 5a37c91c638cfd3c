package model

import "testing"

// 720 x 1280 is the example of simulation-model 8.3; the others follow its rule by hand.
func TestImageTokens(t *testing.T) {
	v := &Vision{Patch: 16, Merge: 2, MinPixels: defaultMinPixels, MaxPixels: defaultMaxPixels}
	for _, c := range []struct{ height, width, rows, cols, tokens int }{
		{720, 1280, 44, 80, 882},
		{448, 1920, 28, 120, 842},
		{10, 10, 16, 16, 66},           // grown to 256 x 256 = 65,536 pixels
		{8192, 8192, 256, 256, 16_386}, // shrunk to 4096 x 4096 = 16,777,216 pixels
	} {
		rows, cols := v.Grid(c.height, c.width)
		if tokens := v.Tokens(1, c.height, c.width); rows != c.rows || cols != c.cols || tokens != c.tokens {
			t.Errorf("%d x %d: %d x %d patches, %d tokens, want %d x %d, %d", c.height, c.width, rows, cols, tokens, c.rows,
				c.cols, c.tokens)
		}
	}
	if one, three := v.Tokens(1, 720, 1280), v.Tokens(3, 720, 1280); three != 3*one {
		t.Errorf("three images have %d tokens, want %d", three, 3*one)
	}
}
