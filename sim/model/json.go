package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// bare matches a quoted text, or one of the words that Python writes into JSON for numbers that JSON does not have.
var bare = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b`)

// StrictJSON replaces Infinity and NaN by null, as Python's json.dump writes them outside of quoted texts.
func StrictJSON(data []byte) []byte {
	if !bytes.Contains(data, []byte("Infinity")) && !bytes.Contains(data, []byte("NaN")) {
		return data
	}
	return bare.ReplaceAllFunc(data, func(b []byte) []byte {
		if b[0] == '"' {
			return b
		}
		return []byte("null")
	})
}

// NextJSON reads the next value like Decode into an any. An object that says one key twice with different values is an
// error: readers differ in which of them counts.
func NextJSON(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, inside(err)
			}
			v, err := NextJSON(d)
			if err != nil {
				return nil, inside(err)
			}
			name := key.(string)
			if old, twice := o[name]; twice && !reflect.DeepEqual(old, v) {
				return nil, message.Fault("load.key-twice", hw.Clean(name))
			}
			o[name] = v
		}
		_, err = d.Token()
		return o, inside(err)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := NextJSON(d)
			if err != nil {
				return nil, inside(err)
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, inside(err)
	}
	return t, nil
}

// inside turns the end of a file within a value into what it is there.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// decode reads one JSON object. Errors give line and column.
func decode(data []byte) (map[string]any, error) {
	data = StrictJSON(data)
	d := json.NewDecoder(bytes.NewReader(data))
	v, err := NextJSON(d)
	if err == nil {
		if _, more := d.Token(); more == nil {
			return nil, message.Fault("load.no-json", "a second value")
		} else if !errors.Is(more, io.EOF) {
			err = more
		}
	}
	var bad *json.SyntaxError
	var own message.Speaker
	switch {
	case errors.As(err, &bad):
		return nil, at(data, int(bad.Offset)+1, err) // counted from 1, as editors do
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, at(data, len(data), errors.New("unexpected end of JSON input"))
	case errors.As(err, &own):
		return nil, err
	case err != nil:
		return nil, message.Fault("load.no-json", hw.Clean(err.Error()))
	}
	config, ok := v.(map[string]any)
	if !ok {
		return nil, message.Fault("load.no-object")
	}
	return config, nil
}

// at says where a file is no JSON.
func at(data []byte, offset int, err error) error {
	before := string(data[:min(offset, len(data))])
	return message.Fault("load.json-at", 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n')-1,
		hw.Clean(err.Error()))
}
