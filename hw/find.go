package hw

import (
	"fmt"
	"slices"
	"strings"
)

// NameError says why a name means no profile.
type NameError struct {
	Asked string
	Could []string   // the profiles that it could be, where it is the name of several; two or more
	Other []*Profile // devices of that name whose memory is not the size that was named
	Near  []string   // else the names that it may have meant
}

func (e *NameError) Error() string {
	asked := clip(Clean(e.Asked), 80)
	switch {
	case len(e.Could) > 0:
		return fmt.Sprintf("device %q could be %s; name one of them", asked, strings.Join(e.Could, ", "))
	case len(e.Other) > 0:
		return fmt.Sprintf("device %q names a memory size that no profile has: %s", asked, Sizes(e.Other))
	case len(e.Near) == 0:
		return fmt.Sprintf("device profile %q is not known (fathom devices list shows all)", asked)
	}
	return fmt.Sprintf("device profile %q is not known; nearest: %s (fathom devices list shows all)", asked,
		strings.Join(e.Near, ", "))
}

// Sizes lists devices with their memory: "A100_SXM (80 GiB)".
func Sizes(list []*Profile) string {
	var out []string
	for _, p := range list {
		out = append(out, fmt.Sprintf("%s (%.4g GiB)", p.Name, p.MemoryBytes/(1<<30)))
	}
	return strings.Join(out, ", ")
}

// Find looks a built-in profile up; see List.Find.
func Find(name string) (*Profile, error) { return Builtin().Find(name) }

// Find looks a profile up by its name; by name, short name or alias in any case; then as nvidia-smi, npu-smi, rocm-smi
// and vendors write names: with or without the maker, signs and blanks, and with the memory size. A name that several
// devices share finds the one whose memory has the size that it states. Errors are NameErrors.
func (l List) Find(name string) (*Profile, error) {
	p, wrong := l.look(name)
	if wrong == nil {
		return p, nil
	}
	if len(wrong.Could) == 0 {
		wrong.Near = l.Nearest(l.plain(name), 3)
	}
	return nil, wrong
}

// Names reports whether a name is that of a profile, of several, or of one with another memory size.
func (l List) Names(name string) bool {
	_, wrong := l.look(name)
	return wrong == nil || len(wrong.Could)+len(wrong.Other) > 0
}

// look is Find without the search for what may have been meant.
func (l List) look(name string) (*Profile, *NameError) {
	for _, e := range l {
		if e.Name == name {
			return e.Profile(), nil
		}
	}
	same := func(s string) bool { return strings.EqualFold(s, name) }
	for _, e := range l {
		if slices.ContainsFunc(e.names(), same) {
			return e.Profile(), nil
		}
	}
	wrong := &NameError{Asked: name}
	for _, names := range []func(*spellings) []spelling{
		func(s *spellings) []spelling { return s.names },
		func(s *spellings) []spelling { return s.family },
	} {
		found, other := l.called(name, names)
		switch {
		case len(found) == 1:
			return found[0].Profile(), nil
		case len(found) > 1:
			for _, e := range found {
				wrong.Could = append(wrong.Could, e.Name)
			}
			return nil, wrong
		}
		wrong.Other = append(wrong.Other, other.Profiles()...)
	}
	return nil, wrong
}

// plain takes makers' words out of a name, which would make all devices of the maker look alike; a name of nothing else
// stays.
func (l List) plain(name string) string {
	for _, e := range l {
		words, makers := strings.Fields(name), e.spelled().makers
		words = slices.DeleteFunc(words, func(w string) bool { return bare([]string{strings.ToLower(w)}, makers) == "" })
		if len(words) > 0 {
			name = strings.Join(words, " ")
		}
	}
	return name
}

// called lists the profiles that answer to a name, and those of another memory size. A later profile that shares the
// very name with an earlier one is a copy of it, which is found by its own name alone.
func (l List) called(name string, names func(*spellings) []spelling) (found, other List) {
	taken := map[string]bool{}
	words, gb := wordsOf(name)
	for _, e := range l {
		own := e.spelled()
		as, ok, sized := e.answers(spelling{name, bare(words, own.makers), gb}, names(own))
		switch {
		case ok && !sized:
			other = append(other, e)
		case ok && !taken[strings.ToLower(as)] || ok && slices.Contains(e.Family, as):
			taken[strings.ToLower(as)] = true
			found = append(found, e)
		}
	}
	return found, other
}

// Nearest gives up to n names that may have been meant by the one asked for; a part of a name is enough, aliases count.
func (l List) Nearest(name string, n int) []string {
	var names []string
	owner := map[string]string{}
	for _, p := range l {
		for _, s := range append([]string{p.Name}, p.Aliases...) {
			if _, taken := owner[s]; !taken {
				names, owner[s] = append(names, s), p.Name
			}
		}
	}
	out := make([]string, 0, max(0, min(n, len(l))))
	for _, s := range Near(names, name, len(names)) {
		if len(out) == cap(out) {
			break
		}
		if !slices.Contains(out, owner[s]) {
			out = append(out, owner[s])
		}
	}
	return out
}
