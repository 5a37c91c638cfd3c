package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"

	"fathom/hw/message"
	"fathom/ui/cell"
	"fathom/ui/text"
)

// sheet is a small table that can be printed in each output format. Columns whose title begins with ">" are aligned
// right.
type sheet struct {
	titles []string
	data   []string // titles as scripts read them, where they are others
	rows   [][]string
}

// titled is a sheet whose titles are texts of a group; ">" in front of a key aligns right. Scripts read the English.
func titled(voice *text.Catalog, group string, keys ...string) *sheet {
	s := &sheet{}
	english := message.Load(message.Languages[0])
	for _, k := range keys {
		key, right := strings.CutPrefix(k, ">")
		title := voice.T(group + "." + key)
		plain, _ := english.Find(group + "." + key)
		if s.data = append(s.data, plain); right {
			title = ">" + title
		}
		s.titles = append(s.titles, title)
	}
	return s
}

func (s *sheet) add(cells ...string) { s.rows = append(s.rows, cells) }

// text aligns the columns by the cells that they take on screen.
func (s *sheet) text() string {
	widths := make([]int, len(s.titles))
	lines := append([][]string{s.names()}, s.rows...)
	for _, row := range lines {
		for i, c := range row {
			widths[i] = max(widths[i], cell.Width(c))
		}
	}
	var b strings.Builder
	for _, row := range lines {
		var line []string
		for i, c := range row {
			if strings.HasPrefix(s.titles[i], ">") {
				line = append(line, cell.Space(widths[i]-cell.Width(c))+c)
			} else {
				line = append(line, c+cell.Space(widths[i]-cell.Width(c)))
			}
		}
		b.WriteString(strings.TrimRight(strings.Join(line, "  "), " ") + "\n")
	}
	return b.String()
}

func (s *sheet) names() []string {
	out := make([]string, len(s.titles))
	for i, t := range s.titles {
		out[i] = strings.TrimPrefix(t, ">")
	}
	return out
}

func (s *sheet) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	names := s.names()
	copy(names, s.data)
	w.Write(names)
	w.WriteAll(s.rows)
	return b.Bytes()
}

func (s *sheet) markdown() string {
	bars := func(cells []string) string {
		escaped := make([]string, len(cells))
		for i, c := range cells {
			escaped[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		return "| " + strings.Join(escaped, " | ") + " |\n"
	}
	var b strings.Builder
	b.WriteString(bars(s.names()))
	for _, t := range s.titles {
		if strings.HasPrefix(t, ">") {
			b.WriteString("|---:")
		} else {
			b.WriteString("|---")
		}
	}
	b.WriteString("|\n")
	for _, r := range s.rows {
		b.WriteString(bars(r))
	}
	return b.String()
}

// show prints a sheet, or for JSON the values behind it.
func (s *sheet) show(format string, values any) ([]byte, error) {
	switch format {
	case "json":
		return toJSON(values)
	case "csv":
		return s.csv(), nil
	case "md":
		return []byte(s.markdown()), nil
	}
	return []byte(s.text()), nil
}

func toJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
