package state

import (
	"encoding/json"
	"errors"
	"fmt"

	"fathom/state/field"
)

// Memory is what one session leaves to the next: ui keeps it in a file. Restoring it never runs anything.
type Memory struct {
	Version  int                 `json:"version"`
	Answers  map[string]Memo     `json:"answers,omitempty"`
	Ran      bool                `json:"ran,omitempty"`  // the answers are those of a run, not only of a form
	Sort     map[string]SortMemo `json:"sort,omitempty"` // by table kind
	Detail   string              `json:"detail,omitempty"`
	All      bool                `json:"all_points,omitempty"`
	Theme    string              `json:"theme,omitempty"`
	Lang     string              `json:"lang,omitempty"`
	Mouse    bool                `json:"mouse"`
	Runs     []RunMemo           `json:"runs,omitempty"` // newest last
	Unfolded bool                `json:"advanced,omitempty"`
	Plans    []string            `json:"plans,omitempty"` // newest first
}

// Memo is one answer; Source and Note as they stood.
type Memo struct {
	Text   string `json:"text"`
	Source string `json:"source"`
	Note   string `json:"note,omitempty"`
}

// SortMemo is a sort key by the column's name.
type SortMemo struct {
	Column string `json:"column"`
	Down   bool   `json:"down,omitempty"`
}

// RunMemo is one run.
type RunMemo struct {
	ID         string          `json:"id,omitempty"` // session and number; "" of older files
	Name       string          `json:"name,omitempty"`
	Answers    map[string]Memo `json:"answers"`
	Best       string          `json:"best,omitempty"`
	Throughput float64         `json:"throughput_tok_s,omitempty"`
}

const (
	memoryVersion = 1
	mostRuns      = 50 // kept from session to session
	mostMemoText  = 4096
)

// Encode writes a memory as JSON.
func (m Memory) Encode() ([]byte, error) {
	return json.MarshalIndent(m, "", "  ")
}

// DecodeMemory reads one back. An error means that the file is damaged or from a newer fathom: set it aside and start
// afresh.
func DecodeMemory(data []byte) (Memory, error) {
	var m Memory
	if err := json.Unmarshal(data, &m); err != nil {
		return Memory{}, fmt.Errorf("session memory: %w", err)
	}
	if m.Version != memoryVersion {
		return Memory{}, fmt.Errorf("session memory: version %d, this program reads %d", m.Version, memoryVersion)
	}
	if len(m.Runs) > mostRuns {
		return Memory{}, errors.New("session memory: more runs than are ever kept")
	}
	return m, nil
}

// memos writes answers by their TOML keys. What is about this invocation only (output, screen) is not kept.
func memos(a *field.Answers, defaults bool) map[string]Memo {
	out := map[string]Memo{}
	for id := range field.NumIDs {
		f := &field.Table[id]
		if a[id].Given() && (defaults || a[id].Source != field.CLIDefault) && f.Group != field.GroupOutput &&
			f.Group != field.GroupScreen {
			out[f.Name] = Memo{a[id].Text, a[id].Source.Key(), a[id].Note}
		}
	}
	return out
}

// answers reads them back, skipping keys and sources that this version does not know.
func answers(memos map[string]Memo) field.Answers {
	var a field.Answers
	for id := range field.NumIDs {
		memo, ok := memos[field.Table[id].Name]
		if !ok || len(memo.Text) > mostMemoText {
			continue
		}
		for s := field.You; s < field.NumSources; s++ {
			if s.Key() == memo.Source {
				a[id] = field.Answer{Text: field.Clean(memo.Text), Source: s, Note: field.Clean(memo.Note)}
			}
		}
	}
	return a
}
