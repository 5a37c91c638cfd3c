package cases

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"

	"fathom/hw/message"
)

// Resume reads what an earlier run wrote: the cases that are finished, and how many bytes of the file are whole
// records. A kill can leave a torn last line, and a case of several records can be torn between two of them, so the
// last case never counts as finished.
func Resume(data []byte) (done map[string]bool, keep int, err error) {
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1
	done = map[string]bool{}
	last, start := "", 0
	for first := true; ; first = false {
		before := int(in.InputOffset())
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			delete(done, last)
			return done, start, nil
		}
		if err != nil { // a torn quoted cell: what stands before it is whole
			delete(done, last)
			return done, start, nil
		}
		if first {
			if !slices.Equal(record, Header) {
				return nil, 0, message.Fault("cases.foreign")
			}
			start = int(in.InputOffset())
			continue
		}
		if record[0] != last {
			last, start = record[0], before
		}
		done[record[0]] = true
	}
}
