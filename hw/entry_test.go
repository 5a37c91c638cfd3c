package hw

import (
	"testing"
)

// A profile that nobody asks for is not read.
func TestOnlyWhatIsNamedIsRead(t *testing.T) {
	read := 0
	count := func(name string) *Entry {
		return &Entry{Name: name, Aliases: []string{name + "-alias"}, read: func() *Profile {
			read++
			return &Profile{Name: name}
		}}
	}
	l := List{count("one"), count("two"), count("three")}
	l.Nearest("thre", 2)
	if _, err := l.Find("four"); err == nil || read != 0 {
		t.Errorf("%v; %d profiles read for a name that is none", err, read)
	}
	for _, name := range []string{"two", "TWO", "two-alias"} {
		read = 0
		if p, err := l.Find(name); err != nil || p.Name != "two" || read != 1 {
			t.Errorf("%s: %v, %v, %d read", name, p, err, read)
		}
	}
}
