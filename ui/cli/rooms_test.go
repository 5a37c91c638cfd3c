package cli

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Every room says at its door what comes in, what goes out and where to begin.
func TestRoomsSayWhatTheyAre(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.Name}} {{.Dir}}", "fathom/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rooms := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range rooms {
		name, dir, _ := strings.Cut(line, " ")
		if name == "main" {
			continue
		}
		door, err := os.ReadFile(path.Join(dir, "doc.go"))
		if files, _ := filepath.Glob(filepath.Join(dir, "*.go")); err != nil && len(files) == 1 {
			continue // a room of one file has it there
		}
		if err != nil || !strings.HasPrefix(string(door), "// Package "+name+" ") {
			t.Errorf("%s has no doc.go that says what it is: %v", dir, err)
		}
	}
	if len(rooms) < 30 {
		t.Errorf("only %d rooms", len(rooms))
	}
}
