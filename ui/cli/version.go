package cli

import (
	"fmt"
	"runtime/debug"
)

// Version is one line: module version, commit with a mark for local changes, Go version. A build without version
// control information says so.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "fathom (no build information)"
	}
	commit, modified := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = " (modified)"
		}
	}
	return fmt.Sprintf("fathom %s, commit %s%s, %s", info.Main.Version, commit, modified, info.GoVersion)
}
