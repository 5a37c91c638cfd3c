package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"fathom/assets"
)

type phase int

func (phase) Message() Message { return New("p.phase") }

func TestMessagesAreWorded(t *testing.T) {
	table, err := Parse("xx", `
list.comma = " und "
[p]
phase = "Phase"
files = "{0} Dateien in {1}"
files_one = "eine Datei in {1}"
needs = "{0} braucht {1:.2f} GiB, {1:.0f} rund"
swapped = "{1} vor {0}"
braces = "want {min, max}, not {0}"
[system]
absent = "fehlt"
at = "{0}: {1}"
`)
	if err != nil {
		t.Fatal(err)
	}
	_, missing := os.Open("/no/such")
	for _, x := range []struct {
		said Message
		want string
	}{
		{New("p.needs", phase(1), 3.456), "Phase braucht 3.46 GiB, 3 rund"},
		{New("p.swapped", "{1}", 2), "2 vor {1}"}, // braces of a value stay
		{New("p.braces", 7), "want {min, max}, not 7"},
		{New("p.swapped", []Message{New("p.phase"), Literal("x")}, []string{"a", "b"}), "a, b vor Phase und x"},
		{New("p.swapped", New("p.swapped", 1, 2), errors.New("own words")), "own words vor 2 vor 1"},
		{New("p.swapped", 1, Fault("p.phase")), "Phase vor 1"},
		{Of(missing), "/no/such: fehlt"},
		{Of(fs.ErrNotExist), "fehlt"},
		{New("p.files", 2, 1), "2 Dateien in 1"},
		{New("p.files", 1, 2), "eine Datei in 2"},
		{New("p.files", int64(1), 2), "eine Datei in 2"},
		{New("p.files", 1.5, 2), "1.5 Dateien in 2"},
		{New("p.none"), "<p.none>"},
		{Literal("{0}"), "{0}"},
		{Message{}, ""},
	} {
		if got := table.Say(x.said); got != x.want {
			t.Errorf("%+v: %q, want %q", x.said, got, x.want)
		}
	}
}

func TestErrorsKeepWhatTheyWrap(t *testing.T) {
	inner := errors.New("inner")
	if err := Fault("p.x", "name", fmt.Errorf("deeper: %w", inner)); !errors.Is(err, inner) {
		t.Error("the wrapped error is lost")
	}
}

func TestMessagesAreTextInJSON(t *testing.T) {
	data, err := json.Marshal(struct{ Why Message }{New("word.prefill")})
	if err != nil || string(data) != `{"Why":"prefill"}` {
		t.Errorf("%s, %v", data, err)
	}
	var back struct{ Why Message }
	if err := json.Unmarshal(data, &back); err != nil || back.Why.String() != "prefill" {
		t.Errorf("%+v, %v", back, err)
	}
}

// The parts of a file together are the file: none has a table twice, and no line within a text looks like one.
func TestPartsAreTheFile(t *testing.T) {
	files, _ := fs.Glob(assets.Text, "text/*.toml")
	read := 0
	for _, file := range files {
		data, err := assets.Text.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := decode(string(data))
		if err != nil {
			t.Fatal(file, err)
		}
		got := map[string]string{}
		for part := range parts(string(data)) {
			entries, err := decode(part)
			if err != nil {
				t.Fatal(file, err)
			}
			if q := quick(part); q != nil && !maps.Equal(q, entries) {
				t.Errorf("%s: read quickly %v, in full %v", file, q, entries)
			} else if q != nil {
				read++
			}
			for key := range entries {
				if word, _, _ := strings.Cut(key, "."); !slices.Contains(heads(part), word) {
					t.Errorf("%s: %s is not listed", file, key)
				}
			}
			maps.Copy(got, entries)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: its parts differ from it", file)
		}
	}
	if len(files) < 30 || read < 100 {
		t.Errorf("%d files, %d parts read quickly", len(files), read)
	}
}
