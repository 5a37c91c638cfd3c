package score

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fathom/assets"
	"fathom/hw"
	"fathom/hw/message"
)

// headers is columns.toml: what the columns of a table are called.
type headers struct {
	Unit   map[string]float64 // of times, in milliseconds
	Column []column
	Plain  struct{ Read, Aside []string }
	Near   []struct {
		Words   []string
		Columns string
	}

	of    map[string]*column // by the letters of each name
	aside map[string]bool    // letters
	known []string           // what columns are called here, for near names
}

// column is one that is read, with its other names.
type column struct {
	Name, Kind string
	Names      []string
}

// columnNames reads the table once.
var columnNames = sync.OnceValues(func() (*headers, error) {
	h := headers{of: map[string]*column{}, aside: map[string]bool{}}
	meta, err := toml.Decode(string(assets.Columns), &h)
	if err != nil {
		return nil, fmt.Errorf("columns.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("columns.toml: unknown key %s", unknown[0])
	}
	for _, name := range h.Plain.Read {
		h.Column = append(h.Column, column{Name: name, Kind: "text"})
	}
	for i := range h.Column {
		c := &h.Column[i]
		h.known = append(h.known, c.Name)
		if c.Kind != "time" { // a time is found by its name and its unit
			c.Names = append(c.Names, c.Name)
		}
		for _, name := range c.Names {
			key := letters(name)
			if other, twice := h.of[key]; twice && other != c {
				return nil, fmt.Errorf("columns.toml: %q is both %s and %s", name, other.Name, c.Name)
			}
			h.of[key] = c
		}
	}
	for _, name := range h.Plain.Aside {
		h.aside[letters(name)] = true
	}
	return &h, nil
})

// meaning is a column of a file: which of ours it is, and what its figures are to be multiplied by.
type meaning struct {
	column    *column
	scale     float64
	perDevice bool // of one device, where ours is of all
}

var (
	bracketed = regexp.MustCompile(`^(.*?)\s*[(\[（【]\s*([^()\[\]（）【】]*?)\s*[)\]）】]$`)
	trailing  = regexp.MustCompile(`^(.*?)[_\s./-]+([^_\s./-]+)$`)
	ofDevice  = regexp.MustCompile(`(?:[\s_-]*per[\s_-]*|\s*/\s*)(?:gpu|npu|device|card|chip|die|accelerator)\b|` +
		`[（(]?(?:每|单)(?:张)?(?:卡|芯片|设备|gpu|npu)[）)]?`)
)

// tokenRates are the letters of units of tokens per second.
var tokenRates = []string{"toks", "tokens", "tokenss", "tps", "tokps", "toksec", "tokenssec", "tokensec",
	"tokenspersecond"}

// find reads a header, in lower case. A nil column is none of ours; ok is false where the unit is no unit of the
// column.
func (h *headers) find(name string) (m meaning, ok bool) {
	m.scale = 1
	if c := h.of[letters(name)]; c != nil {
		m.column = c
		return m, c.Kind != "time"
	}
	bare, unit := name, ""
	if at := bracketed.FindStringSubmatch(name); at != nil {
		bare, unit = at[1], at[2]
	} else if at := trailing.FindStringSubmatch(name); at != nil && h.Unit[at[2]] > 0 {
		bare, unit = at[1], at[2]
	}
	if c := h.of[letters(bare)]; c != nil {
		m.column = c
		switch c.Kind {
		case "time":
			m.scale = h.Unit[strings.TrimSpace(unit)]
			return m, m.scale > 0
		case "rate":
			rest := ofDevice.ReplaceAllString(unit, "")
			m.perDevice = rest != unit
			return m, slices.Contains(tokenRates, letters(rest))
		case "count":
			return m, slices.Contains([]string{"token", "tokens", "tok", "词元", "个", "reqs", "requestss", "rps", "张", "卡"},
				letters(unit))
		}
		return m, false
	}
	if one := ofDevice.ReplaceAllString(name, ""); one != name {
		if all, ok := h.find(one); all.column != nil && all.column.Kind == "rate" {
			all.perDevice = true
			return all, ok
		}
	}
	return meaning{}, true
}

// near says what a header that is not read may be called, "" where nothing is near.
func (h *headers) near(name string) string {
	key := letters(name)
	for _, n := range h.Near {
		if slices.ContainsFunc(n.Words, func(w string) bool { return strings.Contains(key, w) }) {
			return n.Columns
		}
	}
	return hw.Meant(h.known, name)
}

// header knows where each column stands.
type header struct {
	at     map[string]int
	means  map[string]meaning
	width  int
	unread message.Message // columns that are not read, with near names; zero where all are
}

// mostUnread is how many columns that are not read are named.
const mostUnread = 8

// readHeader refuses tables that lack what every prediction needs, and names the columns.
func readHeader(names []string) (header, error) {
	h := header{at: map[string]int{}, means: map[string]meaning{}, width: len(names)}
	known, err := columnNames()
	if err != nil {
		return h, err
	}
	var unread []message.Message
	for i, n := range names {
		n = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(n, "\ufeff")))
		if n == "" {
			continue
		}
		m, ok := known.find(n)
		switch {
		case !ok:
			return h, message.Fault("csv.unit-"+m.column.Kind, i+1, clip(hw.Clean(n)), m.column.Name)
		case m.column == nil && known.aside[letters(n)]:
			continue
		case m.column == nil:
			if near := known.near(n); near != "" {
				unread = append(unread, message.New("csv.unread-near", clip(hw.Clean(n)), near))
			} else {
				unread = append(unread, message.New("csv.unread-name", clip(hw.Clean(n))))
			}
			continue
		}
		n = m.column.Name
		if j, twice := h.at[n]; twice {
			return h, message.Fault("csv.twice", j+1, i+1, n)
		}
		h.at[n], h.means[n] = i, m
	}
	if more := len(unread) - mostUnread; more > 0 {
		unread = append(unread[:mostUnread], message.New("csv.unread-more", more))
	}
	if len(unread) > 0 {
		h.unread = message.New("csv.unread", message.Join(unread))
	}
	return h, h.lacks(known)
}

// lacks is what every prediction needs and the table does not have.
func (h *header) lacks(known *headers) error {
	for _, need := range []string{"model", "gpu", "isl", "osl"} {
		if _, ok := h.at[need]; !ok {
			return h.fault(message.New("csv.lacks", need, "or "+strings.Join(known.of[need].Names[:2], ", ")))
		}
	}
	for _, one := range []string{"ttft_ms", "tpot_ms", "out_tok_s", "total_tok_s", "ttft_p50_ms", "tpot_p50_ms"} {
		if _, ok := h.at[one]; ok {
			return nil
		}
	}
	return h.fault(message.New("csv.unmeasured"))
}

// fault is an error of the header, with the columns that were not read: what is missing is likely among them.
func (h *header) fault(m message.Message) error {
	if h.unread.IsZero() {
		return &message.Error{Said: m}
	}
	return message.Fault("csv.and-unread", m, h.unread)
}
