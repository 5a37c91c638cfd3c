package hw

import (
	"reflect"
	"strings"
	"testing"
)

func TestBuiltinProfilesLoadAndNameTheirSource(t *testing.T) {
	if _, err := builtin(); err != nil {
		t.Fatal(err)
	}
	for _, p := range Builtin() {
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
	for _, p := range Builtin() {
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
	for _, p := range Builtin() {
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
