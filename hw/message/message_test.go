package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

type phase int

func (phase) Message() Message { return New("p.phase") }

func TestMessagesAreWorded(t *testing.T) {
	table, err := Parse("xx", `
list.comma = " und "
[p]
phase = "Phase"
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
