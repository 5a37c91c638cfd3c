package cli

import (
	"os"

	"github.com/charmbracelet/x/term"
)

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(f.Fd()) }
