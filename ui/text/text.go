package text

import (
	"fmt"
	"strings"

	"fathom/hw/message"
	"fathom/ui/cell"
)

// Catalog is the texts of one language by dotted key ("form.title"), as a screen shows them. It is read-only and may be
// shared between sessions.
type Catalog struct {
	*message.Table
	ascii bool
	mute  bool // keys that only one's own screen obeys are left out
}

// Languages with a catalog, the first one complete by definition.
var Languages = message.Languages

func catalogOf(t *message.Table) *Catalog {
	return &Catalog{Table: t}
}

// Load gives the catalog of a language; a language without a catalog is the user's error.
func Load(lang string) (*Catalog, error) {
	if t := message.Load(lang); t != nil {
		return catalogOf(t), nil
	}
	return nil, fmt.Errorf("language %q: there are %s", cell.Clean(lang), strings.Join(Languages, " and "))
}

// Parse reads a catalog: nested tables of strings, flattened to dotted keys.
func Parse(lang, source string) (*Catalog, error) {
	t, err := message.Parse(lang, source)
	if err != nil {
		return nil, err
	}
	return catalogOf(t), nil
}

// Plain gives a copy of the catalog whose marks are ASCII, for --ascii.
func (c *Catalog) Plain() *Catalog {
	p := *c
	p.ascii = true
	return &p
}

// Keyless gives a copy of the catalog for those whose keys do not do what texts say by the way: watchers, and a screen
// that is shown to a room.
func (c *Catalog) Keyless() *Catalog {
	p := *c
	p.mute = true
	return &p
}

// Mute reports whether keys are left out.
func (c *Catalog) Mute() bool { return c.mute }

// Has reports whether the catalog, or English, knows a key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.Find(key)
	return ok
}

// T gives the text of a key with its {names} filled in from name, value pairs; where {n} is 1 and the language has
// key_one, that text. A missing key shows itself, in angle brackets.
func (c *Catalog) T(key string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != "n" || pairs[i+1] != "1" {
			continue
		}
		if _, own := c.Own(key + "_one"); own {
			key += "_one"
		}
	}
	s, ok := c.Find(key)
	if !ok {
		return "<" + key + ">"
	}
	s = expand(s, c.mute) // before the values, which may have braces of their own
	if len(pairs) > 0 && strings.IndexByte(s, '{') >= 0 {
		s = fill(s, pairs)
	}
	if c.ascii {
		s = cell.ASCII(s)
	}
	return s
}

// N is T for a count. {n} is the count as printed.
func (c *Catalog) N(key string, n int, printed string, pairs ...string) string {
	return c.T(key, append([]string{"n", printed}, pairs...)...)
}

// fill replaces {name} by its value in one pass, so that braces inside a value stay as they are.
func fill(s string, pairs []string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		name, found := s[i+1:i+j], false
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == name {
				b.WriteString(pairs[k+1])
				found = true
				break
			}
		}
		if !found {
			b.WriteString(s[i : i+j+1])
		}
		s = s[i+j+1:]
	}
	b.WriteString(s)
	return b.String()
}

// Detect picks the language: the flag, else the locale of the environment, else English. A locale whose characters are
// not UTF-8, and the Linux console, cannot show Chinese.
func Detect(flag string, getenv func(string) string) string {
	if flag != "" {
		return flag
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := strings.ToLower(getenv(name))
		if v == "" {
			continue
		}
		_, charset, named := strings.Cut(v, ".")
		charset, _, _ = strings.Cut(charset, "@")
		if strings.HasPrefix(v, "zh") && (!named || charset == "utf-8" || charset == "utf8") && getenv("TERM") != "linux" {
			return "zh"
		}
		break // POSIX: the first one that is set decides
	}
	return Languages[0]
}
