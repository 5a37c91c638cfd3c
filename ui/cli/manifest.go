package cli

import (
	"errors"
	"os"
	"path/filepath"

	"fathom/hw/message"
	"fathom/sim/manifest"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/command"
	"fathom/ui/disk"
)

// checkManifest finds out before a run that its files could not be written.
func (p *Program) checkManifest(name string, r *field.Reading) error {
	path := r.Word(field.Output)
	if path == "" || path == "-" {
		return badInput(name, "cli.manifest-where", r.Word(field.Manifest))
	}
	if info, err := os.Stat(p.expand(path)); err == nil && !info.IsDir() {
		return badInput(name, "cli.manifest-file", path)
	}
	if r.Word(field.CopyText) != "" {
		return badInput(name, "cli.manifest-copy")
	}
	return nil
}

// manifest writes the files of a platform for the best row of a report and lists them.
func (p *Program) manifest(name string, out *report.Report, request *plan.Request, r *field.Reading) error {
	s, ok := bestSubject(out, request)
	if !ok {
		return nil // the exit code says that no point is feasible
	}
	files, err := command.Manifest(r.Word(field.Manifest), s, p.voice)
	var no *manifest.Refusal
	if errors.As(err, &no) {
		return &usageError{name, []message.Message{no.Message}}
	}
	if err != nil {
		return err
	}
	dir := p.expand(r.Word(field.Output))
	err = disk.WriteAll(dir, files, r.On(field.Overwrite))
	var there *disk.Exists
	if errors.As(err, &there) {
		return badInput(name, "cli.manifest-exists", there.Path)
	}
	if err != nil {
		return err
	}
	var list []byte
	for _, f := range files {
		list = append(append(list, filepath.Join(dir, f.Name)...), '\n')
	}
	return p.emit("", list)
}
