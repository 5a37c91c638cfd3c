package hw

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"

	"fathom/assets"
)

type maker struct{ Of, Called []string }

// makers reads assets/makers.toml once. The file is embedded and tested.
var makers = sync.OnceValue(func() []maker {
	var file struct{ Maker []maker }
	if err := toml.Unmarshal(assets.Makers, &file); err != nil {
		panic("assets/makers.toml: " + err.Error())
	}
	return file.Maker
})

// Makers are the names that people type for those who make what a name of a model, or of a vendor, stands for:
// "Alibaba" for Qwen/Qwen3-32B. A model that is derived from another one has the makers of both.
func Makers(name string) (called []string) {
	name = strings.ToLower(name)
	for _, m := range makers() {
		if slices.ContainsFunc(m.Of, func(of string) bool { return begins(name, of) }) {
			called = append(called, m.Called...)
		}
	}
	return called
}

// begins reports whether a word begins somewhere in a name, and not in the middle of another word.
func begins(name, word string) bool {
	for at := 0; ; {
		i := strings.Index(name[at:], word)
		if i < 0 {
			return false
		}
		at += i
		if at == 0 || !unicode.IsLetter(rune(name[at-1])) {
			return true
		}
		at++
	}
}
