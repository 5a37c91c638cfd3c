package hw

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/BurntSushi/toml"
)

// Entry is one profile of a list. Its names are known at once; its figures are read when they are asked for, so that a
// plan pays for the profiles that it names and for no other.
type Entry struct {
	Name, Vendor            string
	Aliases, Family, Brands []string
	File                    string // as Profile.File
	short                   string
	read                    func() *Profile
	spellings               spellings
}

// Profile gives the profile itself, read at the first call and shared between all callers: never change it.
func (e *Entry) Profile() *Profile { return e.read() }

// EntryOf lists a profile that is read already.
func EntryOf(p *Profile) *Entry {
	return &Entry{Name: p.Name, Vendor: p.Vendor, Aliases: p.Aliases, Family: p.Family, Brands: p.Brands, File: p.File,
		short: p.Short, read: func() *Profile { return p }}
}

// ListOf lists profiles that are read already.
func ListOf(profiles ...*Profile) List {
	l := make(List, len(profiles))
	for i, p := range profiles {
		l[i] = EntryOf(p)
	}
	return l
}

// Profiles reads every profile of the list.
func (l List) Profiles() []*Profile {
	all := make([]*Profile, len(l))
	for i, e := range l {
		all[i] = e.Profile()
	}
	return all
}

// embedded lists a file of the program by the names that stand before its first table. A file that does not load cannot
// be in a program that passed its tests.
func embedded(file string, data []byte) (*Entry, error) {
	var names struct {
		Name, Short, Vendor     string
		Aliases, Family, Brands []string
	}
	head, _, _ := bytes.Cut(data, []byte("\n["))
	if err := toml.Unmarshal(head, &names); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &Entry{Name: names.Name, Vendor: names.Vendor, Aliases: names.Aliases, Family: names.Family,
		Brands: names.Brands, short: names.Short, read: sync.OnceValue(func() *Profile {
			p, err := Parse(file, data)
			if err != nil {
				panic(err)
			}
			return p
		})}, nil
}
