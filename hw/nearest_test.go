package hw

import "testing"

// What is meant is near, or nothing: a guess that has nothing to do with what was typed is none.
func TestMeant(t *testing.T) {
	for _, c := range []struct {
		names []string
		typed string
		want  string
	}{
		{[]string{"language", "theme", "mouse"}, "langauge", "language"},
		{[]string{"language", "theme", "mouse"}, "lang", "language"},
		{[]string{"language", "theme", "mouse"}, "banana", ""},
		{[]string{"next-device", "prev-device", "quit"}, "nextdevice", "next-device"},
		{[]string{"next-device", "prev-device", "quit"}, "frobnicate", ""},
		{[]string{"input-length", "tpot-limit"}, "input_lenght", "input-length"},
		{[]string{"input-length", "tpot-limit"}, "colour", ""},
		{[]string{"nightly", "chat on a3"}, "nightyl", "nightly"},
		{[]string{"nightly", "chat on a3"}, "zzz", ""},
		{nil, "anything", ""},
	} {
		if got := Meant(c.names, c.typed); got != c.want {
			t.Errorf("%q of %q: %q, want %q", c.typed, c.names, got, c.want)
		}
	}
}
