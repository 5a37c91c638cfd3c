package hw

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestBuiltinProfilesLoadAndNameTheirSource(t *testing.T) {
	list, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	var files List
	for i, p := range list.Profiles() {
		if e := list[i]; !reflect.DeepEqual([]any{e.Name, e.File}, []any{p.Name, p.File}) ||
			e.short != "" && e.short != p.Short ||
			!slices.Equal(e.Aliases, p.Aliases) {
			t.Errorf("listed as %+v, reads %s", e, p.Name)
		}
		if files, err = files.Add(p); err != nil {
			t.Error(err)
		}
		if len(p.Source) < 20 {
			t.Errorf("%s: source %q", p.Name, p.Source)
		}
		if p.Kernel != nil && len(p.Kernel.Source) < 20 {
			t.Errorf("%s: kernel source %q", p.Name, p.Kernel.Source)
		}
		if p.File != "" || p.Description == "" || p.Short == "" {
			t.Errorf("%s: file %q, description %q, short %q", p.Name, p.File, p.Description, p.Short)
		}
	}
}

func TestNamesAndAliasesAreDifferent(t *testing.T) {
	seen := map[string]string{}
	for _, p := range Builtin().Profiles() {
		names := map[string]bool{strings.ToLower(p.Name): true, strings.ToLower(p.Short): true}
		for _, a := range p.Aliases {
			names[strings.ToLower(a)] = true
		}
		for n := range names {
			if other, taken := seen[n]; taken {
				t.Errorf("%s means %s and %s", n, other, p.Name)
			}
			seen[n] = p.Name
		}
	}
}

func TestATemplateParsesBackToTheSameProfile(t *testing.T) {
	for _, p := range Builtin().Profiles() {
		text := Template(p)
		back, err := Parse("template.toml", text)
		if err != nil {
			t.Errorf("%s: %v\n%s", p.Name, err, text)
			continue
		}
		if !reflect.DeepEqual(p, back) {
			t.Errorf("%s: %+v\nbecame %+v\n%s", p.Name, p, back, text)
		}
	}
}
