package hw

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// What Windows and its shells write is read as what it says; what a packer wrote is refused by its name.
func TestTextOfOtherSystems(t *testing.T) {
	long := strings.Repeat("并行 tp=8 \U0001f680\n", 3000)
	wide := func(low, high int) string {
		b := []byte{}
		for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(long))...) {
			two := [2]byte{byte(u), byte(u >> 8)}
			b = append(b, two[low], two[high])
		}
		return string(b)
	}
	for name, c := range map[string]struct{ file, want, fault string }{
		"UTF-8":            {long, long, ""},
		"byte order mark":  {"\ufeff" + long, long, ""},
		"little endian":    {wide(0, 1), long, ""},
		"big endian":       {wide(1, 0), long, ""},
		"cut in a letter":  {"\xff\xfea\x00\x3d\xd8", "a\ufffd", ""},
		"empty":            {"", "", ""},
		"one byte":         {"\xff", "\xff", ""},
		"gzip":             {"\x1f\x8b\x08\x00\x00", "", "is packed with gzip: unpack it first"},
		"a table in a zip": {"PK\x03\x04\x14\x00\x06", "", "is packed with zip: unpack it first"},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := ReadInput(path, 1<<20)
		if c.fault != "" {
			if err == nil || err.Error() != c.fault {
				t.Errorf("%s: %v, want %s", name, err, c.fault)
			}
		} else if err != nil || string(data) != c.want {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
}
