package state

import (
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/state/field"
	"fathom/state/pick"

	"pgregory.net/rapid"
)

// choosing stands on a question of the form whose list is open.
func choosing(t *testing.T, id field.ID) *journey {
	t.Helper()
	j := begin(t, Options{}).answer(field.Mode, "aggregation")
	if id == field.Device {
		j.answer(field.Model, dense)
	}
	if j.m.Form.Focus != id || !j.m.Form.Picking() {
		t.Fatalf("focus %s, list open: %v", j.m.Form.Focus, j.m.Form.Picking())
	}
	return j
}

func (j *journey) offered() string {
	var out []string
	for _, i := range j.m.Form.Picker.Items {
		out = append(out, i.Value)
	}
	return strings.Join(out, " ")
}

func TestWordsChooseAModel(t *testing.T) {
	j := choosing(t, field.Model).send(Typed{"qwen 32"})
	if !strings.HasPrefix(j.offered(), dense) {
		t.Fatalf("offered: %s", j.offered())
	}
	if j.do(Accept); j.m.Form.Answers[field.Model].Text != dense || j.m.Form.Focus != field.Device {
		t.Errorf("%+v, focus %s", j.m.Form.Answers[field.Model], j.m.Form.Focus)
	}
}

// A model is found by who makes it, in the words of either language; words about the model narrow that down.
func TestMakersChooseAModel(t *testing.T) {
	for words, want := range map[string]string{"alibaba 32": dense, "meta 70b": "nvidia/Llama-3.1-70B-Instruct-FP8",
		"moonshot": "moonshotai/", "zhipu": "zai-org/GLM", "月之暗面": "moonshotai/", "智谱 4.6": "zai-org/GLM-4.6"} {
		for _, name := range strings.Fields(choosing(t, field.Model).send(Typed{words}).offered() + " nothing") {
			if strings.Contains(name, want) {
				break
			} else if name == "nothing" {
				t.Errorf("%q finds no %s", words, want)
			}
		}
	}
	for _, words := range []string{"华为 376", "huawei 376"} {
		if got := choosing(t, field.Device).send(Typed{words}).offered(); !strings.HasPrefix(got, a2) {
			t.Errorf("%q finds %s", words, got)
		}
	}
}

func TestArrowsChooseAModel(t *testing.T) {
	j := choosing(t, field.Model)
	if _, ok := j.m.Form.Picker.Item(); ok {
		t.Error("nothing is chosen before somebody says so")
	}
	if j.do(Accept); j.m.Form.Answers[field.Model].Given() || j.m.Form.Focus != field.Model {
		t.Error("enter alone chooses nothing")
	}
	want := strings.Fields(j.offered())[1]
	if j.do(Down, Down, Accept); j.m.Form.Answers[field.Model].Text != want {
		t.Errorf("chose %q, want %s", j.m.Form.Answers[field.Model].Text, want)
	}
}

func TestVendorAndChipChooseHardware(t *testing.T) {
	for words, want := range map[string]string{"910b 376": a2, "ascend 376": a2, "nvidia h200 sxm": "H200_SXM",
		"A3 752": a3} {
		j := choosing(t, field.Device).send(Typed{words}).do(Accept)
		got := j.m.Form.Answers[field.Device].Text
		if p := j.m.Catalog.Profile(got); p == nil || p.Name != want {
			t.Errorf("%q chose %q, want %s", words, got, want)
		}
	}
	if j := choosing(t, field.Device); strings.Contains(j.offered(), "TEST_DEVICE") {
		t.Error("nobody plans for the test profile")
	} else if j.send(Typed{"test"}); j.offered() != "TEST_DEVICE" {
		t.Errorf("it is there for who types it: %s", j.offered())
	}
}

func TestSeveralProfiles(t *testing.T) {
	j := choosing(t, field.Device).send(Typed{"752"}).do(Complete).send(Typed{a3 + " 910b 376"}).do(Accept)
	if got := j.m.Form.Answers[field.Device].Text; got != a3+" "+a2 {
		t.Errorf("%q", got)
	}
	j = choosing(t, field.Device).send(Typed{"752,"}) // a comma takes what is found
	if got := j.m.Form.Answers[field.Device].Text; got != a3+" " || !j.m.Form.Picking() {
		t.Errorf("%q", got)
	}
	if strings.Contains(j.offered(), a3) {
		t.Error("what is named already is not offered again")
	}
}

func TestRecentOnesComeFirst(t *testing.T) {
	j := results(t).do(Back, Back).pane(Editing)
	u := update{Model: j.m}
	u.setAnswers(field.Answers{}.With(field.Mode, field.Answer{Text: "aggregation", Source: field.You}))
	u.focus(field.Model)
	j.m = u.Model
	if items := j.m.Form.Picker.Items; items[0].Value != dense || !items[0].Recent {
		t.Errorf("%+v", items[0])
	}
}

// Whatever is typed, Accept and Complete leave that text, or one that holds every word of it.
func TestCompletionIsRelated(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		id := rapid.SampledFrom([]field.ID{field.Model, field.Device}).Draw(r, "question")
		j := choosing(t, id)
		text := strings.TrimSpace(rapid.StringOf(rapid.SampledFrom([]rune("qwenh123 0ab"))).Draw(r, "text"))
		if j.send(Typed{text}); text == "" {
			return
		}
		catalog := j.m.Catalog
		j.do(rapid.SampledFrom([]Action{Accept, Complete}).Draw(r, "action"))
		got := strings.TrimSpace(j.m.Form.Answers[id].Text)
		if got == text {
			return
		}
		items := []pick.Item{{Value: got, Words: strings.Join(hw.Makers(got), " ")}}
		if p := catalog.Profile(got); p != nil {
			for _, e := range catalog.Profiles {
				if e.Name == p.Name {
					items[0].Words = j.m.words(e)
				}
			}
		}
		if len(pick.Find(items, text)) == 0 {
			r.Fatalf("%q became %q", text, got)
		}
	})
}

// Paths complete from the directory that they are in, and only go on from what was typed.
func TestPathsComplete(t *testing.T) {
	listing := Listing{Dir: "/models/", Entries: []DirEntry{{Name: "mine", Dir: true, Model: true}, {Name: "more",
		Dir: true},
		{Name: "notes.txt"}, {Name: ".hidden", Dir: true}}}
	j := choosing(t, field.Model).send(Typed{"/models/m"})
	if l, ok := j.last("List").(List); !ok || l.Dir != "/models/" {
		t.Fatalf("%+v", j.last("List"))
	}
	if j.send(Listed{listing}); j.offered() != "/models/mine /models/more/" {
		t.Errorf("offered: %s", j.offered())
	}
	if j.do(Down, Down, Accept); j.m.Form.Answers[field.Model].Text != "/models/more/" || j.m.Form.Focus != field.Model {
		t.Errorf("a directory is entered: %+v", j.m.Form.Answers[field.Model])
	}
	if l := j.last("List").(List); l.Dir != "/models/more/" {
		t.Errorf("and read: %+v", l)
	}
	j.send(Listed{listing}) // late: of another directory
	if j.offered() != "" {
		t.Errorf("offered: %s", j.offered())
	}
}

// Tab goes on with a path as a shell does: as far as all files agree, then from one to the next.
func TestTabCompletesPaths(t *testing.T) {
	j := begin(t, Options{}).do(OpenPlan).send(Listed{Listing{Entries: []DirEntry{{Name: "night-a.toml"},
		{Name: "night-b.toml"}, {Name: "plans", Dir: true}}}})
	j.send(Typed{"n"}).do(Complete)
	if got := j.m.Overlay.Text; got != "night-" {
		t.Errorf("as far as both agree: %q", got)
	}
	if j.do(Complete, Complete); j.m.Overlay.Text != "night-a.toml" {
		t.Errorf("the first of them: %q", j.m.Overlay.Text)
	}
	if j.send(Typed{"p"}).do(Complete); j.m.Overlay.Text != "plans/" || j.last("List").(List).Dir != "plans/" {
		t.Errorf("a directory is entered: %q", j.m.Overlay.Text)
	}
}

func TestPlansAreRemembered(t *testing.T) {
	j := begin(t, Options{}).do(OpenPlan).send(Listed{Listing{Entries: []DirEntry{{Name: "a.toml"}, {Name: "b.csv"}}}})
	if items := j.m.Overlay.Picker.Items; len(items) != 1 || items[0].Value != "a.toml" {
		t.Fatalf("%+v", items)
	}
	j.do(Down, Accept)
	if o, ok := j.last("Open").(Open); !ok || o.Path != "a.toml" {
		t.Fatalf("%+v", j.last("Open"))
	}
	j.send(PlanOpened{Path: "a.toml", Data: []byte(field.ToTOML(flagship()))})
	k := begin(t, Options{Memory: reopen2(t, &j.m)}).do(OpenPlan)
	if items := k.m.Overlay.Picker.Items; !slices.ContainsFunc(items,
		func(i pick.Item) bool { return i.Value == "a.toml" && i.Recent }) {
		t.Errorf("%+v", items)
	}
}
