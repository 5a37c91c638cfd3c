package hw

import (
	"fmt"
	"io"
	"io/fs"
	"os"

	"fathom/hw/message"
)

// Input is a regular file that somebody named, open for reading. It ends where the file ended when it was opened.
type Input struct {
	io.Reader
	Size int64 // bytes
	file *os.File
}

// Close closes the file.
func (i *Input) Close() error { return i.file.Close() }

// OpenInput opens a file of at most so many bytes. What is no regular file (a pipe, a device, a directory) is refused
// before it is opened, because opening or reading it may never end; a file that grows while it is read ends too. Text
// in UTF-16 is given as UTF-8, without a byte order mark. Errors say what is wrong without the path.
func OpenInput(path string, most int64) (*Input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	if info, err = f.Stat(); err == nil {
		err = regular(info) // it may be another file by now
	}
	switch {
	case err != nil:
		f.Close()
		return nil, reason(err)
	case info.Size() > most:
		f.Close()
		return nil, message.Fault("system.large", sizeText(most))
	}
	text, err := readable(io.LimitReader(f, info.Size()))
	if err != nil {
		f.Close()
		return nil, reason(err)
	}
	return &Input{Reader: text, Size: info.Size(), file: f}, nil
}

// ReadInput reads a whole file of at most so many bytes.
func ReadInput(path string, most int64) ([]byte, error) {
	in, err := OpenInput(path, most)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	return data, reason(err)
}

var kinds = []struct {
	mode fs.FileMode
	name string
}{{fs.ModeNamedPipe, "system.pipe"}, {fs.ModeSocket, "system.socket"}, {fs.ModeDevice, "system.device"}}

func regular(info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return message.Fault("system.is-directory")
	}
	for _, k := range kinds {
		if info.Mode()&k.mode != 0 {
			return message.Fault("system.irregular-kind", message.New(k.name))
		}
	}
	return message.Fault("system.irregular")
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
