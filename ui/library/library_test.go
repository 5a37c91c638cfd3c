package library

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan/file"
)

const childVariable = "FATHOM_TEST_LIBRARY"

// A child saves scenarios of its own and one that others save too.
func TestMain(m *testing.M) {
	dir, word, ok := strings.Cut(os.Getenv(childVariable), "|")
	if !ok {
		os.Exit(m.Run())
	}
	for n := range 20 {
		for _, name := range []string{fmt.Sprintf("%s %d", word, n), fmt.Sprintf("shared %d", n)} {
			var taken *Taken
			if err := (Library{dir}).Save(name, planOf(word), false); err != nil && !errors.As(err, &taken) {
				fmt.Println(err)
				os.Exit(1)
			} else if err == nil {
				fmt.Println(name)
			}
		}
	}
	os.Exit(0)
}

func planOf(model string) string {
	return "schema = \"fathom.plan/1\"\nmodel = \"" + model + "\"  # you\ndevice = [\"A\", \"B\"]\n"
}

func kept(tok float64) *file.Kept {
	return &file.Kept{At: "2026-11-29T15:00:00Z", Program: "fathom v1", Fidelity: "reference", Search: "reference",
		Results: []file.Result{{Device: "A", Profile: "0123", Phase: "aggregation", Strategy: "TP=8 | PP=1 | DP=1",
			Throughput: tok, Low: tok / 2, High: 2 * tok}, {Device: "B", Profile: "4567", Phase: "aggregation"}}}
}

func with(t testing.TB, text string, k *file.Kept) string {
	t.Helper()
	out, err := file.WithKept(text, k)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func names(t testing.TB, l Library) (out []string) {
	t.Helper()
	heads, aside, err := l.List()
	if err != nil || len(aside) > 0 {
		t.Fatal(err, aside)
	}
	for _, h := range heads {
		out = append(out, h.Name)
	}
	return out
}

func TestSaveListRenameCopyRemove(t *testing.T) {
	l := In(t.TempDir())
	if got := names(t, l); got != nil {
		t.Errorf("a library that is not there holds %v", got)
	}
	text := with(t, planOf("m"), kept(100))
	for _, err := range []error{l.Save("方案 一", text, false), l.Save("b", planOf("n"), false), l.Rename("b", "c"),
		l.Copy("方案 一", "d"), l.Rename("d", "D")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	heads, _, _ := l.List()
	if got := names(t, l); !slices.Equal(got, []string{"D", "c", "方案 一"}) {
		t.Fatal(got)
	}
	h := heads[0]
	if b := h.Kept.Best(); b == nil || b.Throughput != 100 || b.Low != 50 || !slices.Equal(h.Devices, []string{"A", "B"}) {
		t.Errorf("%+v", h)
	}
	if heads[1].Kept != nil {
		t.Error("a plan that was not run has an answer")
	}
	for name, err := range map[string]error{"save": l.Save("C", text, false), "rename": l.Rename("c", "d"),
		"copy": l.Copy("c", "方案 一")} {
		var taken *Taken
		if !errors.As(err, &taken) { // also where only the case differs: some file systems have one file for both
			t.Errorf("%s over another: %v", name, err)
		}
	}
	if err := l.Save("c", text, true); err != nil {
		t.Error(err)
	}
	if got, _ := l.Read("c"); got != text {
		t.Error(got)
	}
	if err := l.Remove([]string{"c", "nowhere"}); err == nil || len(names(t, l)) != 3 {
		t.Errorf("one of two is not there: %v", err)
	}
	if err := l.Remove([]string{"c", "D"}); err != nil || len(names(t, l)) != 1 {
		t.Error(err)
	}
}

func TestNamesAreFileNamesEverywhere(t *testing.T) {
	l := In(t.TempDir())
	for _, name := range []string{"", "  ", "../x", "a/b", `a\b`, "a\x1b[31m", "a\nb", ".hidden", "a.", "a:b", "nul?",
		"x.toml", strings.Repeat("长", 40), "a\xff"} {
		var said *message.Error
		if err := l.Save(name, planOf("m"), true); !errors.As(err, &said) {
			t.Errorf("%q: %v", name, err)
		}
		if err := l.Remove([]string{name}); err == nil {
			t.Errorf("%q was removed", name)
		}
	}
	if _, err := os.Stat(l.Dir); err == nil && len(names(t, l)) > 0 {
		t.Error(names(t, l))
	}
}

// A damaged file is moved out of the way, whole, and named; one of a later version stays.
func TestDamagedFilesAreSetAside(t *testing.T) {
	l := In(t.TempDir())
	l.Save("good", planOf("m"), false)
	put := func(name, text string) {
		if err := os.WriteFile(l.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	broken := "schema = \"fathom.plan/1\"\n<<<<<<< ours\nmodel = 1\n"
	for range 2 { // a second one of the same name keeps the first
		put("bad", broken)
		heads, aside, err := l.List()
		if err != nil || len(heads) != 1 || len(aside) != 1 || aside[0].File != l.path("bad") || aside[0].To == "" {
			t.Fatal(heads, aside, err)
		}
		if data, _ := os.ReadFile(aside[0].To); string(data) != broken {
			t.Errorf("%q", data)
		}
	}
	put("newer", "schema = \"fathom.plan/2\"\n")
	put("infinite", "schema = \"fathom.plan/1\"\n[kept]\n[[kept.result]]\nthroughput_tok_s = inf\n")
	_, aside, _ := l.List()
	if len(aside) != 2 || aside[0].To == "" || aside[1].To != "" ||
		!strings.Contains(aside[1].Why.Error(), "fathom.plan/2") {
		t.Errorf("%v", aside)
	}
	// a later version may write keys of other types; it is found again by the program that wrote it
	later := "schema = \"fathom.plan/2\"\nmodel = { name = \"m\" }\nkept = 3\n"
	put("newer", later)
	_, aside, _ = l.List()
	if len(aside) != 1 || !aside[0].Newer || aside[0].Message().Key != "scenario.newer" {
		t.Errorf("%v", aside)
	}
	if _, err := l.Read("newer"); err == nil || !strings.Contains(err.Error(), "newer fathom") {
		t.Error(err)
	}
	if data, err := os.ReadFile(l.path("newer")); err != nil || string(data) != later {
		t.Errorf("%q %v", data, err)
	}
	for _, name := range []string{"CON", "nul", "aux.x", "Com1", "lpt9.a.b", "prn .x"} {
		if CheckName(name) == nil {
			t.Errorf("%s is a device of Windows", name)
		}
	}
	for _, name := range []string{"console", "com", "com10", "x.con", "auxiliary"} {
		if err := CheckName(name); err != nil {
			t.Error(err)
		}
	}
	put("bad", "x")
	if _, err := l.Read("bad"); err == nil || !strings.Contains(err.Error(), "bad.toml.damaged-3") {
		t.Error(err)
	}
}

// Two programs and two goroutines write; every scenario is there, and of one name that several wanted one has it.
func TestTwoProgramsLoseNothing(t *testing.T) {
	l := In(t.TempDir())
	var group sync.WaitGroup
	var mu sync.Mutex
	owner := map[string]string{}
	for _, word := range []string{"a", "b", "c"} {
		group.Go(func() {
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), childVariable+"="+l.Dir+"|"+word)
			out, err := c.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, name := range strings.Split(strings.TrimSpace(string(out)), "\n") {
				if owner[name] != "" {
					t.Errorf("%s was given to %s and %s", name, owner[name], word)
				}
				owner[name] = word
			}
		})
	}
	group.Wait()
	heads, _, err := l.List()
	if err != nil || len(heads) != 80 || len(owner) != 80 {
		t.Fatalf("%d scenarios, %d saved, of 80; %v", len(heads), len(owner), err)
	}
	for _, h := range heads {
		if owner[h.Name] != h.Models[0] {
			t.Errorf("%s is of %v, %s was told that it has it", h.Name, h.Models, owner[h.Name])
		}
	}
}

// A new answer goes behind the plan that was run, never behind another one.
func TestKeep(t *testing.T) {
	l := In(t.TempDir())
	text := planOf("m")
	l.Save("a", text, false)
	if err := l.Keep("a", text, kept(7)); err != nil {
		t.Fatal(err)
	}
	got, _ := l.Read("a")
	if !strings.HasPrefix(got, text) || !strings.Contains(got, "throughput_tok_s = 7.0") {
		t.Error(got)
	}
	if err := l.Keep("a", got, kept(8)); err != nil { // the kept part itself may have changed
		t.Error(err)
	}
	l.Save("a", planOf("other"), true)
	if err := l.Keep("a", text, kept(9)); err == nil {
		t.Error("an answer stands behind a plan that it is not of")
	}
	if got, _ := l.Read("a"); got != planOf("other") {
		t.Error(got)
	}
	if err := l.Keep("gone", text, kept(9)); err == nil {
		t.Error("a removed scenario is back")
	}
}

// What is exported comes in again byte by byte, whatever stands in it.
func TestExportImport(t *testing.T) {
	l := In(t.TempDir())
	odd := "schema = \"fathom.plan/1\"\nmodel = \"a\\\\b \\\"\\\"\\\" ''' <b>\"  # \\ \"\"\"\" \u4e2d\r\n"
	l.Save("odd", odd, false)
	l.Save("b", with(t, planOf("m"), kept(100)), false)
	all, err := l.ReadAll(nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Unpack(Pack(all), "")
	if err != nil || !slices.Equal(list, all) {
		t.Fatalf("%v\n%q\n%q", err, list, all)
	}
	other := In(t.TempDir())
	if added, same, err := other.Add(list, Refuse); err != nil || len(added) != 2 || same != nil {
		t.Error(added, same, err)
	}
	if added, same, err := other.Add(list, Refuse); err != nil || added != nil || len(same) != 2 {
		t.Error("the same once more", added, same, err)
	}
	list[0].Text = planOf("new")
	list = append(list, Named{"c", planOf("c")})
	var taken *Taken
	if added, _, err := other.Add(list, Refuse); !errors.As(err, &taken) || added != nil || len(names(t, other)) != 2 {
		t.Error("a clash", added, err)
	}
	if added, _, err := other.Add(list, Both); err != nil || !slices.Equal(added, []string{"b 2", "c"}) {
		t.Error(added, err)
	}
	if added, _, err := other.Add(list[:1], Replace); err != nil || !slices.Equal(added, []string{"b"}) {
		t.Error(added, err)
	}
	if got, _ := other.Read("b"); got != planOf("new") {
		t.Error(got)
	}
	if one, err := Unpack([]byte(planOf("m")), "saved"); err != nil || one[0].Name != "saved" {
		t.Error(one, err)
	}
	for _, bad := range []string{"", "x", "schema = \"fathom.scenarios/9\"",
		"schema = \"fathom.scenarios/1\"\n[[scenario]]\n",
		"schema = \"fathom.scenarios/1\"\n[[scenario]]\nname = \"../x\"\ntext = \"\"\n",
		"schema = \"fathom.scenarios/1\"\n[[scenario]]\nname = \"x\"\ntext = \"nonsense\"\n"} {
		if _, err := Unpack([]byte(bad), "x"); err == nil {
			t.Errorf("%q came in", bad)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(Pack([]Named{{"a", planOf("m")}}))
	f.Add([]byte(planOf("m")))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Unpack(data, "name")
		if err != nil {
			return
		}
		if again, err := Unpack(Pack(list), ""); err != nil || !slices.Equal(list, again) {
			t.Fatalf("%v\n%q\n%q", err, list, again)
		}
	})
}

// 1,000 scenarios have to be listed in 100 ms.
func BenchmarkList(b *testing.B) {
	l := In(b.TempDir())
	text := with(b, planOf("m")+strings.Repeat("# a plan has some twenty keys\n", 20), kept(100))
	os.MkdirAll(l.Dir, 0o700)
	for n := range 1000 {
		if err := os.WriteFile(filepath.Join(l.Dir, fmt.Sprintf("s %d.toml", n)), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		if heads, _, err := l.List(); len(heads) != 1000 || err != nil {
			b.Fatal(len(heads), err)
		}
	}
}

// A name that is taken is a message with a key, which a screen says in its language.
func TestTakenIsAMessage(t *testing.T) {
	l := In(t.TempDir())
	l.Save("a", planOf("m"), false)
	l.Save("b", planOf("m"), false)
	for _, err := range []error{l.Copy("a", "b"), l.Rename("a", "b"), l.Save("b", planOf("m"), false)} {
		if m := message.Of(err); m.Key != "scenario.taken" || strings.Contains(m.String(), "--") {
			t.Errorf("%+v", m)
		}
	}
}
