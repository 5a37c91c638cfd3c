package cli

import (
	"os"
	"path/filepath"

	"fathom/hw/message"
	"fathom/ui/disk"
)

// emit writes a result: to standard output, or whole or not at all to a file.
func (p *Program) emit(path string, data []byte) error {
	if path == "" || path == "-" {
		if _, err := p.Stdout.Write(data); err != nil {
			return message.Fault("bad.stdout", err)
		}
		return nil
	}
	path = p.expand(path)
	if err := disk.Write(path, data, 0o644); err != nil {
		return message.Fault("bad.output", path, pathReason(err))
	}
	return nil
}

// checkOutput finds out before a long run that its result could not be written.
func (p *Program) checkOutput(command, path string) error {
	if path == "" || path == "-" {
		return nil
	}
	path = p.expand(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return badInput(command, "cli.output-directory", path)
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return badInput(command, "cli.output-nowhere", path, dir)
	}
	return nil
}
