package command

import (
	"path"
	"strings"

	"fathom/sim/manifest"
	"fathom/ui/disk"
	"fathom/ui/text"
)

// Manifest writes a subject down for a platform: its files with what they cannot say at their heads. The error is a
// *manifest.Refusal where the platform cannot serve it.
func Manifest(kind string, s Subject, t *text.Catalog) ([]disk.File, error) {
	files, refusal := manifest.Write(kind, &manifest.Subject{Request: s.Request, Device: s.Device, Row: s.Row,
		Ratio: s.Ratio})
	if refusal != nil {
		return nil, refusal
	}
	var out []disk.File
	for _, f := range files {
		var b strings.Builder
		mark := "# "
		if path.Ext(f.Name) == ".md" {
			mark = "- "
		}
		for _, m := range f.Head {
			b.WriteString(mark + t.Tell(m) + "\n")
		}
		if len(f.Head) > 0 && f.Text != "" {
			b.WriteString("\n")
		}
		b.WriteString(f.Text)
		out = append(out, disk.File{Name: f.Name, Data: []byte(b.String())})
	}
	return out, nil
}
