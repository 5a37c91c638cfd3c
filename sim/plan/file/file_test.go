package file

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	in := []Entry{
		{Key: "model", Words: []string{`we"ird\name`}, Comment: "you"},
		{Key: "device", Words: []string{"A", "B"}, List: true},
		{Key: "num_devices", Words: []string{"8"}, Bare: true},
		{Key: "compile", Words: []string{"true"}, Bare: true, Comment: "two\nlines"},
		{Key: "tp_sizes", Words: []string{"1"}, List: true, Bare: true},
	}
	out, err := Decode(Encode(in))
	if err != nil {
		t.Fatal(err)
	}
	in[3].Words = []string{"on"}
	for i := range in {
		in[i].Line, in[i].Bare, in[i].Comment = i+2, false, ""
	}
	if !reflect.DeepEqual(in, out) {
		t.Errorf("got %+v\nwant %+v", out, in)
	}
}

func TestFaultsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"model = \"a\"\nnum_devices = = 3\n": "line 2: ",
		"schema = \"other/9\"":               "line 1: schema other/9 is not known; this version reads fathom.plan/1",
		"model = \"a\"\nwhen = 1979-05-27\n": "line 2: when: must be a text, a number, true or false, or a list of them",
		"model = \"a\"\nmodel = \"b\"\n":     "line 2: ",
		"device = [[\"a\"], \"b\"]\n":        "line 1: device: must be a text",
	} {
		_, err := Decode(text)
		var fault *Error
		if !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("model = \"a\"\n[t]\nx = [1, 2.5, true]\n")
	f.Add("[[a]]\nb = 1\n[[a]]\nb = 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := Decode(text)
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Key == "" && len(e.Words) == 0 {
				t.Errorf("an entry without key and value in %q", text)
			}
		}
	})
}
