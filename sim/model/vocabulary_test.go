package model

import (
	"reflect"
	"testing"

	"github.com/BurntSushi/toml"

	"fathom/assets"
)

// A family that is read alone is the one that the whole file has, under each of its types and no others.
func TestFamiliesAreReadOneByOne(t *testing.T) {
	var file struct{ Family []family }
	if _, err := toml.Decode(string(assets.Families), &file); err != nil {
		t.Fatal(err)
	}
	types := 0
	for i := range file.Family {
		want := &file.Family[i]
		for _, name := range want.Types {
			if got := vocabulary().family(name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
			types++
		}
	}
	if known := len(Architectures()); types != known || types < 100 {
		t.Errorf("%d types in the file, %d known", types, known)
	}
}
