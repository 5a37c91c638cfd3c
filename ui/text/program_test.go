package text

import "testing"

// The version that answered stands in the language of the reader; what no build of ours writes stays.
func TestProgram(t *testing.T) {
	for _, c := range []struct{ lang, version, want string }{
		{"en", "fathom (devel), commit unknown, go1.26.8", "fathom (devel), commit unknown, go1.26.8"},
		{"zh", "fathom (devel), commit unknown, go1.26.8", "fathom (devel)，提交未知，go1.26.8"},
		{"en", "fathom v1.2.0, commit abc (modified), go1.26", "fathom v1.2.0, commit abc (modified), go1.26"},
		{"zh", "fathom v1.2.0, commit abc (modified), go1.26", "fathom v1.2.0，提交 abc（有改动），go1.26"},
		{"zh", "fathom (no build information)", "fathom (no build information)"},
		{"zh", "other, commit x, go1", "other, commit x, go1"},
	} {
		texts, err := Load(c.lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := texts.Program(c.version); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.version, got, c.want)
		}
	}
}
