package text

import "regexp"

// program is the version of a program as it writes it into files: fathom VERSION, commit HASH (modified), GO.
var program = regexp.MustCompile(`^fathom (\S+), commit (\S+?)( \(modified\))?, (go\S+)$`)

// Program words the version of a program; what is written otherwise stays as it is.
func (c *Catalog) Program(version string) string {
	m := program.FindStringSubmatch(version)
	if m == nil {
		return version
	}
	key, modified := "version.built", ""
	if m[2] == "unknown" {
		key = "version.plain"
	}
	if m[3] != "" {
		modified = c.T("version.modified")
	}
	return c.T(key, "version", m[1], "commit", m[2], "modified", modified, "go", m[4])
}
