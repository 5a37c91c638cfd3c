package library

import (
	"fmt"
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan/file"
	"fathom/ui/disk"

	"github.com/BurntSushi/toml"
)

// Schema is the value of the first key of a file of several scenarios.
const Schema = "fathom.scenarios/1"

// MostBundle bounds a file of several scenarios, in bytes.
const MostBundle = 64 << 20

// Named is the text of a scenario with its name.
type Named struct {
	Name string `toml:"name"`
	Text string `toml:"text"`
}

// ReadAll gives the named scenarios, all of them where no name is given.
func (l Library) ReadAll(names []string) (out []Named, err error) {
	if len(names) == 0 {
		heads, _, err := l.List()
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			names = append(names, h.Name)
		}
	}
	for _, name := range names {
		text, err := l.Read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, Named{name, text})
	}
	return out, nil
}

// Pack writes scenarios into one file. Their texts stand in it line by line, so that a difference of two such files
// reads like one of the scenarios.
func Pack(list []Named) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "schema = %q\n", Schema)
	escape := strings.NewReplacer(`\`, `\\`, `"""`, `""\"`, "\r", `\r`)
	for _, n := range list {
		fmt.Fprintf(&b, "\n[[scenario]]\nname = %q\ntext = \"\"\"\n%s\"\"\"\n", n.Name, escape.Replace(n.Text))
	}
	return []byte(b.String())
}

// Unpack reads a file of several scenarios, or a saved plan, which is a scenario under the name that is given.
func Unpack(data []byte, name string) ([]Named, error) {
	var f struct {
		Schema   string  `toml:"schema"`
		Scenario []Named `toml:"scenario"`
	}
	if _, err := toml.Decode(string(data), &f); err != nil {
		if _, err := file.DecodeHead(string(data)); err != nil { // the same, with its line
			return nil, err
		}
		return nil, err
	}
	if f.Schema == file.Schema {
		f.Scenario = []Named{{name, string(data)}}
	} else if f.Schema != Schema {
		return nil, message.Fault("scenario.no-bundle", f.Schema, Schema, file.Schema)
	}
	for i, n := range f.Scenario {
		if err := CheckName(n.Name); err != nil {
			return nil, err
		}
		for _, o := range f.Scenario[:i] {
			if strings.EqualFold(o.Name, n.Name) {
				return nil, message.Fault("scenario.twice", n.Name)
			}
		}
		if len(n.Text) > mostFile {
			return nil, message.Fault("scenario.long", n.Name, mostFile)
		}
		if _, err := file.DecodeHead(n.Text); err != nil {
			return nil, message.Fault("scenario.broken", n.Name, err.Error())
		}
	}
	return f.Scenario, nil
}

// Clash says what becomes of a name that is taken by another scenario.
type Clash uint8

// It stops everything; the new one replaces the old; the new one gets a name of its own.
const (
	Refuse Clash = iota
	Replace
	Both
)

// Add puts scenarios into the library: all of them, or none where one cannot be added. A scenario that is there
// already, word by word, is left alone. added are the names under which they stand now.
func (l Library) Add(list []Named, clash Clash) (added, same []string, err error) {
	err = disk.Hold(l.Dir, func() error {
		var put []Named
		var taken []string
		for _, n := range list {
			was, err := l.taken(n.Name)
			if err != nil {
				return err
			}
			if was != "" {
				if old, err := l.text(was); err == nil && old == n.Text {
					same = append(same, was)
					continue
				}
				if clash == Refuse {
					taken = append(taken, was)
				}
				for k := 2; clash == Both && was != ""; k++ {
					name := fmt.Sprintf("%s %d", n.Name, k)
					if was, err = l.taken(name); err != nil {
						return err
					}
					if was == "" {
						n.Name = name
					}
				}
			}
			put = append(put, n)
		}
		if len(taken) > 0 {
			return &Taken{message.Fault("scenario.clash", strings.Join(taken, ", ")), taken[0]}
		}
		for _, n := range put {
			if err := CheckName(n.Name); err != nil {
				return err
			}
		}
		for _, n := range put {
			if err := l.save(n.Name, n.Text, clash == Replace); err != nil {
				return err
			}
			added = append(added, n.Name)
		}
		return nil
	})
	return added, same, err
}
